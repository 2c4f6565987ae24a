"""Short Dutch labels of groups around an event, in the chat and on a member's own page."""

GROUPS = "Groepen ({count})"
NO_GROUPS = "Groep rond een gebeurtenis"
BEGIN = "Begin een groep"
SHOW = "Bekijk {number}"
INVITE = "Vraag iemand erbij"
LEAVE = "Ga eruit"
BACK = "Terug"
OTHER_DOMAIN = "Ander domein"
ASKED = "Gevraagd. Zij zeggen zelf ja of nee."
IN = "U zit in de groep."
DECLINED = "Goed. U zit niet in de groep; dat hoort niemand."
LEFT = "U zit niet meer in de groep. De anderen zien u niet meer."
EVENT_OVER = (
    "Deze gebeurtenis loopt niet meer, of ging samen met een andere. Er is geen groep begonnen."
)
REFUSED = {
    "group_over": "Deze groep is er niet meer.",
    "full": "Een groep is voor hooguit twintig leden.",
    "asked_before": "Dit lid is al gevraagd, of kan niet gevraagd worden.",
    "too_many_groups": "U begon al drie groepen. Ga er eerst uit een.",
    "gone": "Dat kan nu niet.",
}

"""Short Dutch labels of vraag en aanbod in the chat and on a member's own page."""

from signals.help_rows import HelpKind

ASK = "Ik zoek hulp"
OFFER = "Ik bied hulp"
STARTS = {HelpKind.ASKED: ASK, HelpKind.OFFERED: OFFER}
LOOK = "Bekijk van anderen ({count})"
MINE = "Van mij ({count})"
SHARE_YES = "Ja, andere leden mogen mij zien"
SHARE_NO = "Nee, liever niet"
SHARE_STOP = "Mijn contact niet meer delen"
HOW_CHAT = "zelf, in Telegram"
HOW_PAGE = "zelf, op de eigen pagina"
STANDING = "Staand, los van een gebeurtenis"
WITHOUT_WORDS = "Plaats zonder tekst"
PLACE = "Plaatsen"
QUIT = "Stoppen"
TAKE = "Oppakken {number}"
TAKEN = "✔ {number}"
REMOVE = "Weghalen {number}"
DONE = "Geregeld {number}"
WITHDRAW = "Weghalen {number}"
CONTACT = "Contact {number}"
GIVEN = "Hulp gegeven {number}"
GIVEN_TOAST = "Fijn. Wij tellen het, zonder wie."
GIVEN_BEFORE = "Dat was al gezegd."
MENU = "Terug"
NEXT = "Volgende"

PLACED_TOAST = "Geplaatst"
GONE = "Dit staat er niet meer."
OVER = "Dit was al afgerond."
EVENT_OVER = (
    "Deze gebeurtenis loopt niet meer, of ging samen met een andere. "
    "Er is niets geplaatst of bewaard."
)
REFUSED = {
    "gone": GONE,
    "too_many": "U hebt al tien vragen en aanbiedingen open. Rond er eerst een af.",
}
#: how many stand in one message
PAGE = 5

#: whose work can be asked for within onderwijs, by the word in a button
SCHOOLS = {"po": "Basisonderwijs", "vo": "Vo en mbo"}
ANY_SCHOOL = "Alle scholen"
NEAR = "Alleen in {district}"
CHOOSE_NEAR = "Kies een wijk"
EVERYWHERE = "Alle wijken"
OTHER_DOMAIN = "Ander domein"
SHOW_ME = "Ik wil ook gevonden worden"
PREVIOUS = "Vorige"

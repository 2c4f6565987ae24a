"""Dutch words of the evening, for both faces."""

from briefings.rows import BriefingStatus

TOMORROW = "morgen {clock}"
TODAY, THIS_EVENING, TONIGHT = "vandaag", "vanavond", "vannacht"

#: parts of a sent text beside its facts, on a button and in a list
AROUND = {
    "band": "Band met de stad: {words}",
    "duiding": "Openbare woorden: {words}",
    "titel": "De titel: {words}",
    "alles": "De hele tekst, of een vaste zin erin",
}

#: under an event of which every text was withdrawn
WRITE_TEXTS = "Teksten schrijven"
#: an approved text that was stopped before its moment
STOPPED = "gestopt, gaat niet vanzelf uit"
#: before the facts change, while a version lies with the approvers or waits for its moment
TAKES_BACK = {
    BriefingStatus.SUBMITTED: "Let op: er ligt een tekst bij de goedkeurders. Verandert u iets in "
    "de feiten, dan gaat die terug en moet hij opnieuw worden ingediend.",
    BriefingStatus.APPROVED: "Let op: er wacht een goedgekeurde tekst. Verandert u iets in de "
    "feiten, dan vervalt die goedkeuring en moet hij opnieuw worden ingediend.",
}
#: a closing text that was begun, with the signals as they are now
CLOSE_AGAIN = "Afsluiting opnieuw schrijven"
BY_HAND = "Eigen woorden voor {audience}: {words}"
#: a moment that a page offers for the next update
IN_AN_HOUR = "over een uur: {moment}"
#: what changed since texts last lay with the approvers: in how many, and per line what it is
IN_ALL = "In alle {count} teksten"
CHANGED = {"come": "Nieuw", "gone": "Weg", "rewritten": "Anders"}
CHANGED_IN_CHAT = {
    "come": "Nieuw in Telegram", "gone": "Weg uit Telegram", "rewritten": "Anders in Telegram",
}  # fmt: skip

"""Dutch words of the evening, for both faces."""

from briefings.rows import BriefingStatus
from contacts.directory import Role

TOMORROW = "morgen {clock}"
TODAY, THIS_EVENING, TONIGHT = "vandaag", "vanavond", "vannacht"

#: parts of a sent text beside its facts, on a button and in a list
AROUND = {
    "band": "Band met de stad: {words}",
    "duiding": "Openbare woorden: {words}",
    "titel": "De titel: {words}",
    "alles": "De hele tekst, of een vaste zin erin",
}

RING = "Wie u kunt bellen: {people}."

#: said after a sentence was kept one step lower than it was told
#: a clock time was typed that today has not shown yet
OF_YESTERDAY = (
    "Let op: die tijd is vandaag nog niet geweest. Bij het feit staat nu gisteren. Klopt dat niet? "
    "Haal het feit weg, en voeg het toe met de goede tijd."
)
LOWERED = (
    "De zin staat erin, bij 'nog niet bevestigd'. Bevestigt een officiële bron of een tweede "
    "redactie hem ook? Kies dan 'Nu bevestigd'."
)
#: under an event of which every text was withdrawn
WRITE_TEXTS = "Teksten schrijven"
#: an approved text that was stopped before its moment
STOPPED = "gestopt, gaat niet vanzelf uit"
#: the same, when part of its readers may have it
HALTED = "gestopt voordat iedereen het had"
#: before what a back-up stopped goes on
RESTORED_GOES_ON = (
    "Gaat u door, dan gaat er 1 bericht uit.", "Gaat u door, dan gaan er {n} berichten uit."
)  # fmt: skip
RESTORED_AGAIN = (
    "Wie het al had, krijgt het nog een keer, met “(herhaling)” erboven. Vraag eerst aan een paar "
    "mensen of ze het al hebben. De beheerder kan ook in het log van de mailserver kijken. Is "
    "alles al aangekomen? Zeg dan de rest af. Wie hem dan misschien al had, telt als onzeker, en "
    "krijgt een correctie of update ook."
)
#: before the facts change, while a version lies with the approvers or waits for its moment
TAKES_BACK = {
    BriefingStatus.SUBMITTED: "Let op: er ligt een tekst bij de goedkeurders. Verandert u iets in "
    "de feiten, dan gaat die terug en moet hij opnieuw worden ingediend.",
    BriefingStatus.APPROVED: "Let op: er wacht een goedgekeurde tekst. Verandert u iets in de "
    "feiten, dan vervalt die goedkeuring en moet hij opnieuw worden ingediend.",
}
#: the same before somebody words one text by hand, for one text and for more
OWN_TAKES_BACK = {
    BriefingStatus.SUBMITTED: (
        (
            "Deze tekst ligt ter goedkeuring: {names}. Schrijft u iets zelf, dan gaat hij terug, "
            "en moet een coördinator hem opnieuw indienen."
        ),
        (
            "Deze {count} teksten liggen ter goedkeuring: {names}. Schrijft u iets zelf, dan gaan "
            "ze alle {count} terug, en moet een coördinator ze opnieuw indienen."
        ),
    ),
    BriefingStatus.APPROVED: (
        (
            "Deze tekst is goedgekeurd en wacht op zijn moment: {names}. Schrijft u iets zelf, dan "
            "vervalt die goedkeuring, en moet een coördinator hem opnieuw indienen."
        ),
        (
            "Deze {count} teksten zijn goedgekeurd en wachten op hun moment: {names}. Schrijft u "
            "iets zelf, dan vervalt de goedkeuring van alle {count}, en moet een coördinator ze "
            "opnieuw indienen."
        ),
    ),
}
OWN_ANYWAY = "Ja, haal terug en formuleer zelf"
OWN_SAVE = "Ja, haal terug en sla op"
#: afterwards, by where it lay
OWN_TOOK_BACK = {
    BriefingStatus.SUBMITTED: "U haalde terug wat ter goedkeuring lag. Een coördinator dient het "
    "opnieuw in.",
    BriefingStatus.APPROVED: "De goedkeuring is vervallen, en het moment waarop dit zou uitgaan "
    "ook. Nu gaat niets vanzelf uit. Een coördinator dient het opnieuw in.",
}
#: before an approval: the texts that this approver wrote in, so that somebody else approves
OWN_WORDED = "{names} keurt een ander goed: u formuleerde die zelf."
OWN_TRANSLATED = "{names} keurt een ander goed: u vertaalde die."
OWN_WHOLE = "Deze teksten gaan in één keer naar iedereen, dus een ander keurt ze alle goed."
#: to who hands in: every approver wrote in these texts
FOR_NOBODY = (
    "{names} kan nu niemand goedkeuren: wie mag goedkeuren, formuleerde of vertaalde die zelf. "
    "Laat de beheerder nog iemand goedkeurder maken, of haal bij Teksten de eigen woorden of de "
    "vertaling weg en dien opnieuw in."
)
#: who took it back or worded it, by role
BY_ROLE = {Role.COORDINATOR: "de coördinator", Role.APPROVER: "een goedkeurder"}
SOMEBODY = "iemand"
CHANGED_BY = "{who} veranderde iets, {at}."
#: who took it back worded texts by hand, and did nothing else
WORDS_CHANGED_BY = "{who} haalde ze terug om zelf te formuleren, {at}. Er veranderde geen feit."
WORDS_CHANGED_BY_YOU = "U haalde ze terug om zelf te formuleren, {at}. Er veranderde geen feit."
WORDED_BY_YOU = "Zelf geformuleerd door u: {names}. Bij vier ogen keurt een ander dat goed."
WORDED_BY = "Zelf geformuleerd door {who}: {names}."
#: a correction was begun, and called off or withdrawn before it went
MISLED = (
    "1 lezer heeft nog een zin die fout is",
    "{n} lezers hebben nog een zin die fout is",
)
#: of a draft that is withdrawn
NOTHING_WENT_OUT = "Er is niets verzonden."
WENT_OUT = "Al verzonden, en dat blijft zo: {names}."
GOT_NOTHING = "Nog niets kregen: {names}."
#: a closing text that was begun, with the signals as they are now
CLOSE_AGAIN = "Afsluiting opnieuw schrijven"
BY_HAND = "Eigen woorden voor {audience}: {words}"
#: before the last tap of an approval: which text lacks what
LACKS = "Ontbreekt in {where}: {what}."
ALL_TEXTS = "alle {count} teksten"
#: a text that was approved in parts
PARTS_DONE = "{done} van {total} teksten goedgekeurd; de rest wacht"
#: a moment that a page offers for the next update
IN_AN_HOUR = "over een uur: {moment}"
#: what changed since texts last lay with the approvers: in how many, and per line what it is
IN_ALL = "In alle {count} teksten"
CHANGED = {"come": "Nieuw", "gone": "Weg", "rewritten": "Anders", "moved": "Verplaatst"}
CHANGED_IN_CHAT = {
    "come": "Nieuw in Telegram", "gone": "Weg uit Telegram", "rewritten": "Anders in Telegram",
    "moved": "Verplaatst in Telegram",
}  # fmt: skip
#: lines of a request to approve: what they are about, and what has no room there
GRANTED = "Uitzondering op {code}, {name}"
HOLDS_BACK = "Houdt tegen ({code}), {name}"
MORE_NOTICED = (
    "en nog 1 punt: op de werkpagina, bij Verzenden",
    "en nog {n} punten: op de werkpagina, bij Verzenden",
)

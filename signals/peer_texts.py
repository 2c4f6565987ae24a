"""Dutch words of the groups that members form around an event."""

from signals.peer_rows import PeerTopic

TOPICS = {
    PeerTopic.CONVERSATION: "gesprek in klas of groep",
    PeerTopic.PARENTS: "vragen van ouders",
    PeerTopic.STREET: "jongeren op straat",
    PeerTopic.TOGETHER: "samen iets doen in de wijk",
    PeerTopic.OWN: "in eigen woorden",
}
SOME_EVENT = "een gebeurtenis"

ASK_TITLE = "Doet u mee in een groep?"
ASK_WHO = "{organisation} vraagt u in een groep van leden: {name}. Het gaat om: {event}."
ASK_WHAT = (
    "Zegt u ja, dan zien wie in de groep zitten uw naam, functie, organisatie en e-mailadres, en u "
    "die van hen. De gemeente ziet de naam van de groep, de gebeurtenis en hoeveel leden er per "
    "domein zijn, niet wie. Het hoeft niet, en eruit gaan kan altijd."
)
ASK_HOW_MAIL = "Op uw eigen pagina zegt u ja of nee:"
NEWS_TITLE = "Uw groep van leden"
SAID_YES = (
    "Een lid dat gevraagd was, zei ja. In de groep zitten nu {count} leden. Wie dat zijn, ziet u "
    "als u de groep opent."
)
ENDED = (
    "De gebeurtenis waar uw groep om ging, is afgesloten. Daarmee is de groep voorbij: de leden "
    "zien elkaar daar niet meer. Wat u samen afsprak, blijft van u."
)
SEE, SEE_MAIL = "Bekijk de groep", "De groep staat op uw eigen pagina:"
YES = "Ja, ik doe mee"
NO = "Nee"

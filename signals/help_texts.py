"""Dutch words of vraag en aanbod."""

from signals.help_rows import HelpKind, HelpStatus, HelpTopic

KINDS = {HelpKind.ASKED: "Hulp gevraagd", HelpKind.OFFERED: "Hulp aangeboden"}
TOPICS = {
    HelpTopic.CONVERSATION: "een gesprek in klas of groep",
    HelpTopic.VISIT: "iemand die langskomt",
    HelpTopic.THINKING: "meedenken",
    HelpTopic.MATERIAL: "lesmateriaal of uitleg",
    HelpTopic.ROOM: "een ruimte",
    HelpTopic.HANDS: "extra handen",
    HelpTopic.OTHER: "iets anders",
}
STATUSES = {
    HelpStatus.OPEN: "open",
    HelpStatus.DONE: "geregeld",
    HelpStatus.WITHDRAWN: "ingetrokken",
    HelpStatus.REMOVED: "weggehaald door de gemeente",
    HelpStatus.EXPIRED: "verlopen",
}
STANDING = "staand, los van een gebeurtenis"
SOME_EVENT = "een gebeurtenis"
IN_DISTRICT = "{domain} in {district}"

TAKEN_TITLE = "Uw vraag of aanbod is opgepakt"
TAKEN = "{organisation} pakte dit op: {what}."
TAKEN_HOW_CHAT = (
    "Neem contact op, of wacht tot zij u mailen. Is de hulp gegeven? Zeg het bij /hulp."
)
TAKEN_HOW_MAIL = "Op uw eigen pagina staat met wie u contact kunt opnemen:"
SHOW_CONTACT = "Toon contact"
GIVEN = "Hulp is gegeven"

REMOVED_TITLE = "Uw vraag of aanbod is weggehaald"
REMOVED = "De gemeente haalde dit weg: {what}. Reden: {reason}. U mag het opnieuw plaatsen."
#: why a coordinator takes an entry away, as its maker reads it
REASONS = {
    "persoon": "het lijkt over een persoon te gaan",
    "elders": "het hoort niet bij vraag en aanbod",
    "dubbel": "het staat er al",
    "klopt_niet": "het klopt niet meer",
}
#: how a person is said, for who no longer lets others see them
NO_CONTACT = "Deze persoon deelt het contact niet meer. Vraag het aan de organisatie."

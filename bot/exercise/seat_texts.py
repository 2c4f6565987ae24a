"""Dutch of taking part in an exercise with one's own telephone or mail."""

from bot.exercise.reaching import Reaching
from bot.exercise.rows import SeatRole, SeatStatus
from contacts.directory import ChannelKind

YES, NO, STOP = "Ja, ik doe mee", "Nee", "Stop met de oefening"
ASK_TITLE = "Doet u mee aan een oefening?"
ASK_SUBJECT = "Vraag: doet u mee aan een oefening?"
ASK_LINES = (
    "De gemeente vraagt u mee te doen aan de oefening: {title}. Uw rol: {role}.",
    "{when} Zij duurt ongeveer {lasts}.",
    "Zegt u ja, dan krijgt u straks verzonnen berichten op dit ene adres, met OEFENING erboven.",
    "Uw andere adressen blijven echt.",
    "Meedoen hoeft niet, en stoppen kan altijd.",
)
AT = "Wij beginnen op {moment}."
AT_ANY_TIME = "Wanneer wij beginnen, staat nog niet vast; zegt u ja, dan hoort u het."
RUNS_ALREADY = "Zij loopt al: na uw ja doet u meteen mee."
ASK_LINK = "Ja of nee zeggen"
WELCOME_TITLE = "U doet mee aan een oefening"
WELCOME_SUBJECT = "U doet mee aan een oefening"
WELCOME_LINES = (
    "Oefening: {title}. Uw rol: {role}. Alles met OEFENING erboven is verzonnen.",
    "Antwoord en tik zoals op een echte avond. Wat u hier schrijft of start, is nu oefening.",
    "Een bericht zonder OEFENING is echt; de knoppen eronder ook.",
    "Stop met /stop of de knop. Is er echt gevaar? Bel 112.",
)
WELCOME_LINK = "Stop met de oefening"
JOINED = "Dank u. U doet mee aan de oefening. U krijgt zo een bericht met OEFENING erboven."
JOINED_EARLY = (
    "Dank u. U doet mee zodra de oefening begint. Dan krijgt u hier een bericht met OEFENING "
    "erboven. Tot dan is alles echt, ook wat u schrijft."
)
STOP_EARLY = "Toch niet meedoen"
LEFT_EARLY = (
    "U doet niet mee aan de oefening en krijgt er niets van. Wilt u ook geen echte berichten meer? "
    "Stuur dan nog eens /stop."
)
REFUSED = "Goed. U doet niet mee en krijgt niets van de oefening."
LEFT = (
    "U doet niet meer mee. U krijgt niets meer van de oefening. Vanaf nu is wat u hier schrijft "
    "weer echt."
)
OVER_TITLE = "De oefening is voorbij"
OVER_SUBJECT = "De oefening is voorbij"
OVER_LINES = (
    "De oefening {title} is voorbij. Dank u voor het meedoen.",
    "Vanaf nu is alles wat u krijgt en schrijft weer echt.",
    "Knoppen onder een bericht met OEFENING doen niets meer.",
)
OFF_TITLE = "De oefening gaat niet door"
OFF_SUBJECT = "De oefening gaat niet door"
OFF_LINES = (
    "De oefening {title} gaat niet door. U hoeft niets te doen; alles was en blijft echt.",
)
REAL_BESIDE = (
    "ECHT, geen oefening: er is een melding met voorstel ernst {severity}. Er loopt ook een "
    "oefening met mensen. Wilt u die stoppen? Wie meespeelt, hoort dan dat alles weer echt is."
)
BESIDE_SUBJECT = "ECHT, geen oefening: wilt u de oefening stoppen?"
STOP_MAIL = "Stoppen gaat op de pagina van de oefening, met de knop Breek af:"
STOP_IT = "Stop de oefening"
STOPPED = "De oefening is gestopt. Wie meespeelde, krijgt daar bericht van."
TOO_LATE = "Deze oefening is al voorbij."
ANSWERED = "U antwoordde al."
NOT_ANY_MORE = "U deed al niet (meer) mee."
ROLES = {
    SeatRole.COORDINATOR: "coördinator",
    SeatRole.APPROVER: "goedkeurder",
    SeatRole.READER: "lezer",
}
WAYS = {ChannelKind.TELEGRAM: "in Telegram", ChannelKind.EMAIL: "op {}"}
REACHED = {
    Reaching.THERE: "heeft de vraag",
    Reaching.ON_ITS_WAY: "de vraag is onderweg",
    Reaching.UNSURE: "de vraag is misschien niet aangekomen",
    Reaching.NOT_THERE: "de vraag kwam niet aan",
    Reaching.CANNOT_LEAVE: "de vraag kan niet weg: geen {missing} ingesteld",
}
AND = " en geen "
MISSING = {ChannelKind.TELEGRAM: "Telegram", ChannelKind.EMAIL: "mailserver"}
STATUSES = {
    SeatStatus.ASKED: "gevraagd",
    SeatStatus.JOINED: "doet mee",
    SeatStatus.REFUSED: "doet niet mee",
    SeatStatus.LEFT: "gestopt",
    SeatStatus.OVER: "voorbij",
}
ORGANISATION = "Oefening: {name}"
#: the longest name of an organisation
LONGEST = 200

"""Dutch labels and sentences of the signals."""

from collections.abc import Sequence

from contacts.directory import Domain
from contacts.texts import counted
from signals.phases import Phase, Reason
from signals.rephrasing import Change
from signals.rows import (
    Breadth,
    Direction,
    Done,
    Eep,
    Need,
    OutcomeCode,
    Reliability,
    Setting,
    Share,
    SignalKind,
    SignalStatus,
    Step,
    ToldAs,
    When,
)

KINDS = {
    SignalKind.NEED: "Vragen, behoefte aan informatie",
    SignalKind.FEAR: "Angst, zorg",
    SignalKind.ANGER: "Boosheid",
    SignalKind.RUMOUR: "Geruchten",
    SignalKind.GROUP_CONFLICT: "Ruzie tussen groepen",
    SignalKind.SUPPORT: "Steun, solidariteit",
    SignalKind.INCOMPREHENSION: "Onbegrip over de aanpak",
    SignalKind.DISCRIMINATION: "Discriminatie, belediging",
    SignalKind.GENERAL_THREAT: "Bedreiging in het algemeen",
    SignalKind.CALL_TO_ACTION: "Oproep tot bijeenkomst of actie",
    SignalKind.VANDALISM: "Vernieling, bekladding",
    SignalKind.AVOIDANCE: "Wegblijven, vermijden",
}

#: with what nobody can choose, for showing
ALL_KINDS = KINDS | {SignalKind.UNSORTED: "Per mail, soort nog niet gekozen"}

SEVERITIES = {
    1: "1 merkbaar, geen zorgen",
    2: "2 gespannen, gaat goed",
    3: "3 zorgen, hulp welkom",
    4: "4 botsing of dreiging",
    5: "5 gevaar nu",
}

SETTINGS = {
    Setting.CLASSROOM: "Klas",
    Setting.AROUND_SCHOOL: "Rond school",
    Setting.STREET: "Straat of plein",
    Setting.COMMUNITY_CENTRE: "Buurthuis",
    Setting.SPORT: "Sport",
    Setting.PLACE_OF_MEETING: "Gebeds- of ontmoetingsplek",
    Setting.TRANSPORT: "Openbaar vervoer",
    Setting.ONLINE_GROUP: "Online groep",
    Setting.OTHER: "Ergens anders",
}

#: told by mail, where no form asked
LEVEL_UNSAID = "ernst niet gezegd"


def severity_told(severity: int) -> str:
    """How grave its reporter calls it. Pure."""
    return SEVERITIES.get(severity, LEVEL_UNSAID)


def level_told(severity: int) -> str:
    """*ernst 3*. Pure."""
    return f"ernst {severity}" if severity in SEVERITIES else LEVEL_UNSAID


PLACES = {"stad": "hele stad", "online": "online", "onbekend": "weet niet"}

WHENS = {
    When.TODAY: "vandaag",
    When.YESTERDAY: "gisteren",
    When.THIS_WEEK: "deze week",
    When.TO_COME: "komt nog",
}

#: of a question that may stay open, and did
UNSAID = "niet gezegd"

EEPS = {
    Eep.EXPERIENCED: "beleefd",
    Eep.EVIDENCED: "gebeurd",
    Eep.POTENTIAL: "verwacht",
    Eep.UNSAID: UNSAID,
}

#: as a question asks it; what was heard from others is no part of this
EEP_CHOICES = {
    Eep.EXPERIENCED: "beleefd: hoe mensen zich voelen",
    Eep.EVIDENCED: "gebeurd: iets wat al voorviel",
    Eep.POTENTIAL: "verwacht: iets wat nog komt",
    Eep.UNSAID: UNSAID,
}


def said(label: str) -> str:
    """The label, or nothing where nobody chose. Pure."""
    return "" if label == UNSAID else label


BREADTHS = {
    Breadth.FEW: "een paar mensen",
    Breadth.GROUP: "een groep",
    Breadth.SEVERAL: "meerdere groepen of plekken",
    Breadth.UNKNOWN: "omvang onbekend",
}

DIRECTIONS = {
    Direction.RISING: "neemt toe",
    Direction.STEADY: "blijft gelijk",
    Direction.FALLING: "neemt af",
    Direction.UNKNOWN: "richting onbekend",
}

DONE = {
    Done.NOTHING_YET: "nog niets gedaan",
    Done.TALKED: "gesprek gevoerd",
    Done.HELP_ASKED: "hulp gevraagd",
    Done.SOLVED: "opgelost",
    Done.UNSAID: UNSAID,
}

NEEDS = {
    Need.INFORMATION: "informatie",
    Need.CONVERSATION_HELP: "hulp bij gesprekken",
    Need.VISIT: "bezoek of contact",
    Need.YOUTH_WORK: "jongerenwerk erbij",
    Need.NOTHING: "niets",
    Need.UNSAID: UNSAID,
}

SHARES = {
    Share.MEMBERS: "ook naar leden, zonder herkomst",
    Share.TEAM: "alleen naar het coördinatieteam",
}

NO_THEME = "geen thema"

#: what is told beside a signal, as the inbox calls it and as its sender does
TOLD_AS = {
    ToldAs.SIGNAL: "Signaal",
    ToldAs.QUESTION: "Vraag van de praktijk",
    ToldAs.EXAMPLE: "Positief voorbeeld",
}
YOUR_WORD = {ToldAs.SIGNAL: "signaal", ToldAs.QUESTION: "vraag", ToldAs.EXAMPLE: "voorbeeld"}

FEEDBACK_WISH = {True: "antwoord graag", False: "geen antwoord nodig"}

DOMAINS = {
    Domain.MUNICIPALITY: "gemeente",
    Domain.SAFETY: "veiligheid",
    Domain.CARE_WELFARE: "zorg en welzijn",
    Domain.EDUCATION: "onderwijs",
    Domain.CIVIL: "maatschappelijk",
}

RELIABILITIES = {
    Reliability.OWN: "A eigen waarneming",
    Reliability.COLLEAGUE: "B van een collega",
    Reliability.HEARSAY: "C van horen zeggen",
}

STATUSES = {
    SignalStatus.NEW: "nieuw",
    SignalStatus.IN_DUIDING: "in duiding",
    SignalStatus.ACTION: "actie",
    SignalStatus.WAITING: "wacht",
    SignalStatus.CLOSED: "gesloten",
}

#: how an answer begins, for the reporter
OUTCOMES = {
    OutcomeCode.A: "Wij deden iets met uw signaal.",
    OutcomeCode.B: "Wij bekijken uw signaal samen met andere.",
    OutcomeCode.C: "Wij gaven uw signaal door, met uw toestemming.",
    OutcomeCode.D: "Er is geen actie nodig.",
    OutcomeCode.E: "Meer mogen wij hierover niet zeggen.",
    OutcomeCode.F: "Dit kunnen wij u erover vertellen.",
    OutcomeCode.G: "Wij delen dit als goed voorbeeld.",
}

#: what we did, for the closing message: never the sentence of one reporter, which stands only
#: in the sealed answers. Every kind of answer has its words: a list that leaves one out would
#: say that it did not happen
DID = {
    OutcomeCode.A: "Wij deden iets met signalen. Wie een antwoord wilde, hoorde wat.",
    OutcomeCode.B: "Wij bekeken signalen samen.",
    OutcomeCode.C: "Wij gaven signalen door, met toestemming.",
    OutcomeCode.F: "Wij gaven informatie.",
    OutcomeCode.G: "Wij deelden een goed voorbeeld.",
}
DID_NOT = {
    OutcomeCode.D: "Soms was geen actie nodig. Wie een antwoord wilde, hoorde waarom.",
    OutcomeCode.E: "Over sommige signalen mogen wij niet meer zeggen.",
}

#: how the closing message begins
REPORTED = "Van {organisations} organisaties kregen wij signalen. Dank daarvoor."

FEEDBACK_SUBJECT = "Antwoord op uw signaal"
FEEDBACK_HEAD = "Antwoord op uw signaal van {when}"
FEEDBACK_OTHERS = "U was niet de enige: {count} organisaties meldden iets over deze gebeurtenis."
FEEDBACK_THANKS = "Dank voor uw signaal."
JUDGE_ASK = "Is dit antwoord nuttig?"
JUDGE_LINK = "Zeg het met één tik"
USEFUL = "Nuttig"
NOT_USEFUL = "Niet nuttig"

#: beside a note of which the claim of a rumour was left out
BESIDE_RUMOUR = "Het gerucht zelf is niet bewaard. Wel wat erbij is gemeld: {codes}."
NEEDED = "nodig: {need}"

CHANGED = {
    Change.CLASS: "Wij schreven de klas algemener op.",
    Change.RUMOUR: "Wat het gerucht beweert, bewaren wij niet; wel dat er een gerucht is.",
}

BY_MAIL_SUBJECT = "Uw signaal is ontvangen"
BY_MAIL_THANKS = (
    "Dank u wel. Wij lezen uw signaal vóór {read}. U krijgt uiterlijk {due} een antwoord. "
    "Is er gevaar? Bel 112."
)
BY_MAIL_MORE = (
    "Wilt u ook vertellen hoe ernstig het is, en waar? Dat kan met de knop in ons bericht."
)
BY_MAIL_NEVER = "Stuur geen namen, leeftijden, accounts of beelden."

FORM_NOT_READ = (
    "Dit formulier kwam niet goed aan",
    "Er is niets bewaard. Open het formulier opnieuw. Is er gevaar? Bel 112.",
)

INTERIM_SUBJECT = "Uw signaal: wij zijn ermee bezig"
INTERIM = "Over uw signaal van {when}: {how} U krijgt uiterlijk {due} een antwoord."
INTERIM_TOGETHER = (
    "wij kijken er samen naar, met wat andere organisaties meldden. "
    "Al {count} organisaties meldden iets."
)
INTERIM_ALONE = "wij bekijken het nog."

LATE_SUBJECT = "Uw signaal: nog geen antwoord"
LATE = (
    "Over uw signaal van {when}: wij beloofden een antwoord, en dat is er nog niet. "
    "De coördinator is eraan herinnerd. U hoeft niets te doen. Is er gevaar? Bel 112."
)

#: a small number in a table, and in a sentence
FEW = "1-2"
FEW_SAID = "één of twee"

PHASES = {
    Phase.NORMAL: "0 normaal",
    Phase.SIMMERING: "1 sluimerend",
    Phase.RISING: "2 oplopend",
    Phase.SYMBOLIC: "3 iedereen praat erover",
    Phase.UNREST: "4 onrust",
    Phase.CRISIS: "5 sociale crisis",
    Phase.AFTER: "N nafase",
}
#: what people do in this phase; Schakel itself does nothing by a phase
PHASE_HELP = {
    Phase.NORMAL: "Houd het netwerk warm.",
    Phase.SIMMERING: "Vraag partners of zij dit herkennen. Zet het op de agenda.",
    Phase.RISING: "Roep de duiders bijeen. Wees zichtbaar en voer gesprekken.",
    Phase.SYMBOLIC: "Stuur een bericht. Roep het maatschappelijk overleg bijeen.",
    Phase.UNREST: "De driehoek en het kernteam zijn aan zet. Schakel ondersteunt.",
    Phase.CRISIS: "De crisisorganisatie leidt. Stuur alleen teksten die zij vrijgeeft.",
    Phase.AFTER: "Sluit af, koppel terug en leer samen.",
}
PHASE_REASONS = {
    "grave": (
        "1 organisatie meldt een botsing of dreiging (ernst 4)",
        "{n} organisaties melden een botsing of dreiging (ernst 4)",
    ),
    "clashes": (
        "bij 1 daarvan gaat het om een oproep of om ruzie tussen groepen",
        "bij {n} daarvan gaat het om een oproep of om ruzie tussen groepen",
    ),
    "symbolic": (
        "1 organisatie praat over deze zware gebeurtenis",
        "{n} organisaties praten over deze zware gebeurtenis",
    ),
    "districts": ("er gebeurde iets in 1 wijk", "er gebeurde iets in {n} wijken"),
    "domains": ("er gebeurde iets volgens 1 domein", "er gebeurde iets volgens {n} domeinen"),
    "worried": (
        "1 organisatie maakt zich zorgen (ernst 3 of meer)",
        "{n} organisaties maken zich zorgen (ernst 3 of meer)",
    ),
    "simmering": ("1 domein merkt iets", "{n} domeinen merken iets"),
}
STEPS = {
    Step.WATCH: "niets doen en blijven kijken",
    Step.INFORM: "informeren",
    Step.SUPPORT: "ondersteunen",
    Step.CALL_IN: "anderen erbij halen",
}


ENDS_DUIDING = "Met uw antwoord sluit u het signaal. Duiden kan daarna niet meer."
ENDS_TOGETHER = "Met dit antwoord sluit u deze {count} signalen. Duiden kan daarna niet meer."
STILL_TO_READ = "Nog 1 duider gaf geen oordeel.", "Nog {count} duiders gaven geen oordeel."
NOBODY_READ = "1 ervan heeft nog geen oordeel.", "{count} ervan hebben nog geen oordeel."


def ends_duiding(still: int) -> str:
    """What an answer ends, and how many duiders did not say anything yet. Pure."""
    return _with_count(ENDS_DUIDING, STILL_TO_READ, still)


def ends_together(count: int, unread: int) -> str:
    """The same of one answer to so many signals. Pure."""
    return _with_count(ENDS_TOGETHER.format(count=count), NOBODY_READ, unread)


def _with_count(said: str, words: tuple[str, str], count: int) -> str:
    return f"{said} {words[count > 1].format(count=count)}" if count else said


def said_of(text: str, told_as: ToldAs) -> str:
    """The sentence about *uw signaal*, about what was told instead. Pure."""
    word = YOUR_WORD[told_as]
    return text.replace("uw signaal", f"uw {word}").replace("Uw signaal", f"Uw {word}")


def phase_reasons(reasons: Sequence[Reason]) -> list[str]:
    """Why a phase is proposed, in Dutch. Pure."""
    return [counted(PHASE_REASONS[reason.key], reason.count) for reason in reasons]

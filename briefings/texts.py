"""Dutch words that are no template: days, subjects, labels, remarks without a rule of data."""

from briefings.library import Moment
from briefings.rows import BriefingKind
from contacts.directory import Audience
from feeds.rows import LeadAgency

MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip

#: days from today in words; further away it is the weekday with its date
NEAR_DAYS = {0: "vandaag", 1: "morgen"}

MOMENT = "{day}, {clock} uur"
AND = " en "
SOURCE = "{name}, {clock} uur"
SOURCE_OTHER_DAY = "{name}, {day} {clock} uur"

BRIEFING_KINDS = {
    BriefingKind.FIRST: "eerste bericht",
    BriefingKind.UPDATE: "update",
    BriefingKind.CORRECTION: "correctie",
    BriefingKind.RETRACTION: "intrekking",
    BriefingKind.CLOSING: "afsluiting",
    BriefingKind.LOOK_BACK: "uitnodiging om terug te kijken",
}

VERSION = "{kind}, versie {number}"


def named(kind: BriefingKind, number: int) -> str:
    """``update, versie 2``. Pure."""
    return VERSION.format(kind=BRIEFING_KINDS[kind], number=number)


#: Longest first; the first one that fits in a subject line is used.
SUBJECTS = {
    BriefingKind.FIRST: (
        "Informatie bij gebeurtenis: {topic} (stand {clock})",
        "Informatie bij gebeurtenis: {topic}",
        "Informatie bij gebeurtenis: {place}",
        "Informatie bij gebeurtenis",
    ),
    BriefingKind.UPDATE: (
        "Update {clock}: informatie bij gebeurtenis, {topic}",
        "Update {clock}: {topic}",
        "Update {clock}: {place}",
        "Update {clock}: informatie bij gebeurtenis",
    ),
    BriefingKind.CORRECTION: (
        "Correctie: {clock} uur, {topic}",
        "Correctie: {clock} uur, {place}",
        "Correctie: {clock} uur, informatie bij gebeurtenis",
    ),
    BriefingKind.RETRACTION: (
        "Ingetrokken: {clock} uur, {topic}",
        "Ingetrokken: {clock} uur, {place}",
        "Ingetrokken: {clock} uur, informatie bij gebeurtenis",
    ),
    BriefingKind.CLOSING: (
        "Afsluiting: informatie bij gebeurtenis, {topic}",
        "Afsluiting: {topic}",
        "Afsluiting: {place}",
        "Afsluiting: informatie bij gebeurtenis",
    ),
    BriefingKind.LOOK_BACK: (
        "Uitnodiging: terugkijken op {topic}",
        "Uitnodiging: samen terugkijken",
    ),
}

LEADS = {
    LeadAgency.POLICE: "politie en Openbaar Ministerie (OM)",
    LeadAgency.MUNICIPALITY: "de gemeente",
    LeadAgency.SAFETY_REGION: "de veiligheidsregio",
    LeadAgency.UNKNOWN: "nog niet bekend",
}

AUDIENCES = {
    Audience.TEACHER_PO: "docenten basisonderwijs",
    Audience.TEACHER_VO_MBO: "docenten vo en mbo",
    Audience.SCHOOL_LEADER: "schoolleiding",
    Audience.YOUTH_WORK: "jongerenwerk en welzijn",
    Audience.RELIGIOUS_CULTURAL: "religieuze en culturele organisaties",
    Audience.POLICE_DISTRICT: "politie en wijkteams",
    Audience.PARENTS: "ouders",
}

APPLIES = {True: "ja", False: "nee"}
NOT_GIVEN = "niet bekend"
OPEN_END = "nader bericht"

BUTTON_FULL = "Hele tekst"
BUTTON_READ = "Gelezen"
BUTTON_SIGNAL = "Ik merk iets"
BUTTON_CARD = "Waar meld ik wat?"

#: for who reads another language better, when that translation is not up to date
#: what parents read in the place of a line that is for who works somewhere
FOR_PARENTS = "Zorgen over uw kind? Praat eerst met de leraar of mentor."
NEWS_UNSURE = "Wat nieuw is, is nog niet bevestigd."
NOT_TRANSLATED = "Deze tekst is in het Nederlands. De vertaling is nog niet bijgewerkt."

AS_NEIGHBOUR = (
    "U krijgt dit als buurgemeente: wat er gebeurde, raakt ook mensen over de gemeentegrens."
)
ALSO_FOR_YOU = "Ook voor u: de tekst voor {links}."
MAIL_PAGE = "Gelezen, iets laten weten, of de andere teksten: {link}"
MAIL_FOOT = (
    "{sender} stuurt dit omdat uw organisatie meedoet. Doorsturen binnen uw organisatie mag."
)
#: parents are on no list of ours: their text comes to them from the school
MAIL_FOOT_PARENTS = (
    "U krijgt dit van de school van uw kind. {sender} schreef de tekst. "
    "Hebt u vragen? Bel of mail de school."
)

REPORTED_NONE = "Wij kregen geen signalen over deze gebeurtenis. Ook dat helpt ons."
REPORTED_KINDS = "Vooral over: {kinds}."

#: made up, for previews and checks
EXAMPLE_PLACE = "Oefenwijk"
EXAMPLE_SCHOOL_DAY = {
    Moment.SCHOOL: "morgen",
    Moment.NIGHT: "vandaag",
    Moment.WEEKEND: "maandag 9 maart",
    Moment.HOLIDAY: "maandag 16 maart",
}
EXAMPLE_REPORTED = "Van 11 organisaties kregen wij signalen. Vooral over: geruchten; angst."
EXAMPLE_DONE = ("Wij gaven informatie.", "Wij spraken met bewoners en scholen.")

#: what stands out before approval: (one, several)
NOTICES = {
    "error_not_put_right": (
        "1 lezer heeft nog een zin die fout is, en kreeg daarvan geen correctie",
        "{n} lezers hebben nog een zin die fout is, en kregen daarvan geen correctie",
    ),
    "what_happened_not_told": (
        "er is 1 feit, en dat lijkt niet te zeggen wat er gebeurde",
        "er zijn {n} feiten, en geen ervan lijkt te zeggen wat er gebeurde",
    ),
    "earlier_still_waits": (
        "bij 1 ontvanger werd een eerdere tekst nog niet aangenomen: {names}",
        "bij {n} ontvangers werd een eerdere tekst nog niet aangenomen: {names}",
    ),
    "promise_lapses": (
        "1 beloofde update vervalt, en deze tekst zegt dat: die van {names}",
        "{n} beloofde updates vervallen, en deze tekst zegt dat: die van {names}",
    ),
    "no_channel": (
        "1 persoon heeft geen werkend kanaal en komt op de bellijst",
        "{n} mensen hebben geen werkend kanaal en komen op de bellijst",
    ),
    "one_contact": (
        "1 organisatie heeft maar één contact: {names}",
        "{n} organisaties hebben maar één contact: {names}",
    ),
    "double_address": (
        "1 adres staat bij meer dan één persoon",
        "{n} adressen staan bij meer dan één persoon",
    ),
    "more_than_before": (
        "dit is 1 persoon meer dan vorige keer",
        "dit zijn {n} mensen meer dan vorige keer",
    ),
    "fewer_than_before": (
        "dit is 1 persoon minder dan vorige keer",
        "dit zijn {n} mensen minder dan vorige keer",
    ),
    "quiet_hours": (
        "1 persoon heeft nu rusttijd en krijgt het later, om {until} uur",
        "{n} mensen hebben nu rusttijd en krijgen het later, de eersten om {until} uur",
    ),
}

#: what a remark of the language check says is not there, by its code
LACKS = {
    "V2": "bij een maatregel: of die voor de lezer geldt",
    "N14": "bij een feit: de bron en de tijd",
}

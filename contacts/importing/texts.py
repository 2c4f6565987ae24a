"""Dutch of the import: headers as people write them, and what is wrong with a line."""

from contacts.directory import Audience, Domain, Role, SchoolType

#: our name → what a header may say
HEADERS: dict[str, tuple[str, ...]] = {
    "organisation": ("organisatie", "naam organisatie", "school", "instelling"),
    "domain": ("domein",),
    "district": ("wijk", "wijkcode"),
    "name": ("naam", "contactpersoon", "naam contact"),
    "function": ("functie", "rol in organisatie"),
    "audiences": ("doelgroepen", "doelgroep", "teksten", "rollen", "rol"),
    "roles": ("rechten", "recht", "rol in schakel"),
    "email": ("e-mail", "email", "mail", "e-mailadres"),
    "phone": ("telefoon", "telefoonnummer", "tel"),
    "language": ("taal",),
    "groups": ("groepen", "groep"),
    "internal_contact": ("intern aanspreekpunt", "intern_aanspreekpunt"),
    "mailbox": ("algemeen e-mailadres", "postbus"),
    "organisation_phone": ("telefoon organisatie",),
    "consent": ("toestemming persoonlijk adres", "toestemming"),
    "school_types": ("schooltype", "schooltypen", "soort school"),
    "municipality": ("buurgemeente",),
    "sites": ("locaties", "locatie", "vestigingen"),
}
REQUIRED = ("organisation", "domain", "name", "audiences")

DOMAINS = {
    "gemeente": Domain.MUNICIPALITY,
    "veiligheid": Domain.SAFETY,
    "zorg & welzijn": Domain.CARE_WELFARE,
    "zorg en welzijn": Domain.CARE_WELFARE,
    "zorg_welzijn": Domain.CARE_WELFARE,
    "welzijn": Domain.CARE_WELFARE,
    "onderwijs": Domain.EDUCATION,
    "maatschappelijk": Domain.CIVIL,
}
AUDIENCES = {
    "docent po": Audience.TEACHER_PO,
    "docent vo": Audience.TEACHER_VO_MBO,
    "docent mbo": Audience.TEACHER_VO_MBO,
    "docent vo/mbo": Audience.TEACHER_VO_MBO,
    "schoolleiding": Audience.SCHOOL_LEADER,
    "bestuur": Audience.SCHOOL_LEADER,
    "jongerenwerk": Audience.YOUTH_WORK,
    "welzijn": Audience.YOUTH_WORK,
    "religieus": Audience.RELIGIOUS_CULTURAL,
    "cultureel": Audience.RELIGIOUS_CULTURAL,
    "religieus/cultureel": Audience.RELIGIOUS_CULTURAL,
    "politie": Audience.POLICE_DISTRICT,
    "wijkteam": Audience.POLICE_DISTRICT,
    "politie/wijkteam": Audience.POLICE_DISTRICT,
    **{audience.value: audience for audience in Audience if audience is not Audience.PARENTS},
}
NO_AUDIENCE = "geen"
#: which of the two texts for teachers, the type of the school says
TEACHER = "docent"
SCHOOL_TYPES = {
    **{one.value: one for one in SchoolType},
    "bo": SchoolType.PRIMARY,
    "basisonderwijs": SchoolType.PRIMARY,
    "basisschool": SchoolType.PRIMARY,
    "speciaal basisonderwijs": SchoolType.SPECIAL_PRIMARY,
    "speciaal onderwijs": SchoolType.SPECIAL,
    "voortgezet onderwijs": SchoolType.SECONDARY,
    "voortgezet speciaal onderwijs": SchoolType.SPECIAL_SECONDARY,
    "praktijkonderwijs": SchoolType.PRACTICAL,
    "middelbaar beroepsonderwijs": SchoolType.VOCATIONAL,
    "roc": SchoolType.VOCATIONAL,
    "hogeschool": SchoolType.APPLIED_SCIENCES,
    "universiteit": SchoolType.UNIVERSITY,
}
#: after the wijk of a place: an overleg can be held there
CAN_HOST = "gastheer"
ROLES = {
    "coördinator": Role.COORDINATOR,
    "coordinator": Role.COORDINATOR,
    "goedkeurder": Role.APPROVER,
    "duider": Role.INTERPRETER,
    "lid": Role.MEMBER,
    "beheerder": Role.ADMIN,
    "kennispartner": Role.KNOWLEDGE_PARTNER,
}
#: as they are written when they are told again; of two spellings the first
ROLE_NAMES = {role: name for name, role in reversed(ROLES.items())}

EMPTY_FILE = "Het bestand is leeg. Begin met een regel met kolomnamen."
TOO_BIG = "Dit bestand is te groot voor een contactlijst. Is het de goede?"
NOT_TEXT = "Dit is geen tekstbestand. Sla de lijst op als CSV (UTF-8) en probeer het opnieuw."
MISSING_COLUMN = "De kolom '{name}' ontbreekt.{near}"
NEAR = " Er is wel een kolom '{near}'. Bedoelt u die?"
UNKNOWN_COLUMN = "De kolom '{name}' ken ik niet.{near} Haal hem weg of geef hem een bekende naam."
DOUBLE_COLUMN = "De kolom '{name}' staat er twee keer. Haal er een weg."
RUNS_ON = (
    "Deze regel loopt door tot regel {last}. Staat er een los aanhalingsteken, of een Enter in "
    "een cel?"
)
RUNS_ON_TO_END = "Vanaf hier is het bestand niet te lezen. Staat er een los aanhalingsteken?"
TOO_MANY_CELLS = (
    "Deze regel heeft meer cellen dan er kolommen zijn. Staat er een los scheidingsteken?"
)
MISSING_VALUE = "'{name}' is leeg. Vul het in."
UNKNOWN_CHOICE = "'{value}' ken ik niet bij '{name}'. Kies uit: {choices}."
BAD_EMAIL = "'{value}' is geen e-mailadres. Controleer het."
DOUBLE_EMAIL = "'{value}' staat ook op regel {line}. Elk adres hoort bij één persoon."
DOUBLE_NAME = (
    "'{value}' staat bij deze organisatie ook op regel {line}. Geef een e-mailadres of een andere "
    "naam, zodat ze uit elkaar te houden zijn."
)
UNKNOWN_DISTRICT = (
    "'{value}' is geen wijk die Schakel kent. Schrijf de naam van de wijk, of de code zoals "
    "WK020201."
)
FOREIGN_DISTRICT = (
    "'{value}' is geen wijk van uw stad ([feeds] place). Is dit een buurgemeente, vul dan ook "
    "'buurgemeente' in. Anders: schrijf de naam van de wijk, of laat het leeg."
)
NEAR_DISTRICTS = "Bedoelt u {near}?"
OR = " of "
BAD_SITE = (
    "'{value}' is geen locatie. Schrijf een naam van hooguit 120 tekens en dan tussen haakjes de "
    "wijk, zoals: Dependance (Klarendal). Zet | tussen twee locaties."
)
DOUBLE_SITE = "De locatie '{value}' staat twee keer op deze regel. Haal er een weg."
TYPE_ELSEWHERE = "Een schooltype hoort bij het domein onderwijs. Maak een van de twee gelijk."
NEIGHBOUR_DOMAIN = (
    "Bij een buurgemeente hoort het domein gemeente: van een andere gemeente staat alleen de "
    "gemeente zelf op de lijst."
)
WHICH_TEACHER = (
    "Bij 'docent' hoort een schooltype, zodat de goede tekst komt. Vul het in, of schrijf 'docent "
    "po' of 'docent vo/mbo'."
)
TOO_LONG = "'{name}' is te lang (hooguit {limit} tekens)."
NOT_YOURS_TO_GIVE = (
    "Het recht '{role}' geeft alleen een beheerder: vraag die om het recht. De rest van de regel "
    "komt wel op de lijst."
)
KEY_ADDRESS = (
    "'{value}' komt er niet bij: van wie in Schakel mag inloggen, voegt alleen een beheerder een "
    "adres toe. De rest van de regel telt wel."
)
CLOSED_ADDRESS = (
    "'{value}' kwam eerder terug of is gesloten. De rest is opgeslagen; dit adres blijft dicht "
    "tot iemand het nakijkt."
)
LEFT = "'{value}' staat in Schakel als vertrokken. De regel is niet opgeslagen."
EMAIL_TAKEN = "'{value}' hoort in Schakel al bij iemand van een andere organisatie."
OTHER_DOMAIN = "'{value}' staat in Schakel bij een ander domein. Maak dat eerst gelijk."
FORMERLY = " (heette eerder {name})"
OTHER_WORLD = "'{value}' bestaat al in de {world}. Oefenlijst en echte lijst blijven gescheiden."
EXERCISE_WORLD = "oefenlijst"
REAL_WORLD = "echte lijst"

NOT_SPREADSHEET = "Dit werkblad is niet te lezen. Sla het opnieuw op als xlsx of als CSV (UTF-8)."
NOT_CARDS = "Deze visitekaartjes (vCard) zijn niet te lezen. Maak de export opnieuw."
CARD_NEEDS = (
    "Dit kaartje mist '{name}'. Schakel leest dat uit de regel {property} van het kaartje; een "
    "gewone export heeft die niet. Neem de lijst dan liever als CSV of xlsx."
)
UNKNOWN_YES = "'{value}' ken ik niet bij '{name}'. Schrijf ja, een datum, of laat het leeg."
NEEDS_CONSENT = (
    "'{value}' is geen functioneel adres. Van een religieuze of culturele organisatie mag een "
    "persoonlijk adres pas op de lijst als de persoon toestemming gaf. Zet dan 'ja' bij "
    "'toestemming persoonlijk adres'."
)
CONSENT_HOW = "bij het inlezen opgegeven"

#: what an import changes on a line
FIELDS = {
    "name": "naam", "function": "functie", "language": "taal", "audiences": "teksten",
    "phone": "telefoon", "district": "wijk", "mailbox": "algemeen e-mailadres",
    "internal_contact": "intern aanspreekpunt", "organisation_phone": "telefoon organisatie",
    "school_types": "schooltype", "municipality": "buurgemeente",
}  # fmt: skip
CHANGE = "{field}: {old} → {new}"
NOTHING = "leeg"
NEW_ORGANISATION = "nieuwe organisatie"
NEW_SITE = "locatie erbij: {site}"
SITE_CHANGE = "locatie {old} → {new}"
NEW_ADDRESS = "e-mailadres erbij"
NEW_ROLE = "recht erbij: {role}"
NEW_GROUP = "groep erbij: {group}"
NEW_CONSENT = "toestemming genoteerd"


def place(name: str, said: str) -> str:
    """The organisation, with the name that the list said when that is a former one. Pure."""
    return name if name == said else name + FORMERLY.format(name=said)

"""Dutch labels and short sentences of the pages. Longer text is in the templates."""

from bot.evening.texts import HALTED
from briefings import texts as briefing_texts
from briefings.rows import BriefingStatus, FactKind
from contacts.directory import Audience, ChannelKind, Domain, Role
from contacts.outbox import DeliveryStatus, MessageKind
from feeds.rows import EventStatus, LeadAgency, Origin
from signals.rows import ToldAs

AUDIENCES = {
    Audience.TEACHER_PO: "Docenten basisonderwijs",
    Audience.TEACHER_VO_MBO: "Docenten vo en mbo",
    Audience.SCHOOL_LEADER: "Schoolleiding",
    Audience.YOUTH_WORK: "Jongerenwerk en welzijn",
    Audience.RELIGIOUS_CULTURAL: "Religieuze en culturele organisaties",
    Audience.POLICE_DISTRICT: "Politie en wijkteams",
    Audience.PARENTS: "Ouders (via de school)",
}

ANSWERS = {"ja": "Ja, graag een antwoord", "nee": "Nee, dat hoeft niet"}

PICK_ONE = "Kies één antwoord."
PICK_KINDS = "Kies 1, 2 of 3 antwoorden."
PICK_DISTRICT = "Kies een wijk, of kies hele stad, online of weet ik niet."
NOTE_TOO_LONG = "De tekst is {length} tekens. Houd het bij 280."

EVENT_STATUSES = {
    EventStatus.DETECTED: "gemeld, nog niet bevestigd",
    EventStatus.CONFIRMED: "loopt",
    EventStatus.DISMISSED: "niet relevant",
    EventStatus.CLOSED: "afgesloten",
    EventStatus.REOPENED: "loopt weer",
}

ORIGINS = {Origin.FEED: "uit het nieuws", Origin.MANUAL: "door een mens gemeld"}

CHOOSE_REASON = "kies een reden"
LEADS = {
    LeadAgency.POLICE: "politie en OM",
    LeadAgency.MUNICIPALITY: "gemeente",
    LeadAgency.SAFETY_REGION: "veiligheidsregio",
    LeadAgency.UNKNOWN: "nog niet bekend",
}

FACT_HEADINGS = {
    FactKind.CONFIRMED: "Bevestigd",
    FactKind.UNCONFIRMED: "Nog niet bevestigd",
    FactKind.UNKNOWN: "Nog niet bekend",
    FactKind.DENIED: "Klopt niet",
    FactKind.MEASURE: "Maatregelen",
}

BRIEFING_KINDS = briefing_texts.BRIEFING_KINDS

#: instead of *verzonden*, of a text that was stopped while it went out
HALTED_HALFWAY = HALTED
BRIEFING_STATUSES = {
    BriefingStatus.DRAFT: "concept",
    BriefingStatus.SUBMITTED: "wacht op goedkeuring",
    BriefingStatus.APPROVED: "goedgekeurd, wacht op het tijdstip",
    BriefingStatus.DISTRIBUTED: "verzonden",
    BriefingStatus.WITHDRAWN: "ingetrokken, niet verzonden",
    BriefingStatus.CORRECTED: "verzonden, later gecorrigeerd",
    BriefingStatus.RETRACTED: "verzonden, later ingetrokken",
}

DELIVERIES = {
    DeliveryStatus.PLANNED: "nog te verzenden",
    DeliveryStatus.SENDING: "wordt verzonden",
    DeliveryStatus.SENT: "verzonden",
    DeliveryStatus.UNKNOWN: "onzeker",
    DeliveryStatus.FAILED: "geweigerd",
    DeliveryStatus.CANCELLED: "vervallen",
}

MESSAGE_KINDS = {
    MessageKind.ALERT: "melding",
    MessageKind.DIALOGUE: "gesprek met de bot",
    MessageKind.APPROVAL: "verzoek om goedkeuring",
    MessageKind.BRIEFING: "bericht",
    MessageKind.UPDATE: "update",
    MessageKind.CORRECTION: "correctie",
    MessageKind.RETRACTION: "intrekking",
    MessageKind.CLOSING: "afsluiting",
    MessageKind.FEEDBACK: "antwoord op een signaal",
    MessageKind.NOTICE: "bericht aan de coördinator",
}

PRINTED_STAND = "versie {version}, verstuurd op {moment}"
PRINTED_DRAFT = "versie {version}, niet verstuurd"
PRINTED_WRONG = "Let op: eerder stond hier iets anders over: {wrong}. Die zin geldt niet meer."
DRAFT_MARK = "Concept: nog niet goedgekeurd. Niet verspreiden."
CORRECTED_MARK = "Gecorrigeerd: hier stond een fout in. Gebruik de nieuwere tekst."
RETRACTED_MARK = "Ingetrokken: gebruik deze tekst niet meer en stuur hem niet door."
OWN_LINK = "(de eigen link van de organisatie)"
PREVIEW_LINK = "#"
PREVIEW_CONTACT = "[intern aanspreekpunt van de organisatie]"

EXPLANATIONS = {
    "unknown_link": (
        "Deze link werkt niet",
        "Misschien viel een deel van het adres weg. Open de link opnieuw vanuit het bericht.",
    ),
    "link_over": (
        "Deze link is niet meer geldig",
        "Links werken een beperkte tijd. In het nieuwste bericht staat een link die werkt.",
    ),
    "no_pdf": (
        "Geen pdf",
        "Deze computer kan geen pdf maken. Druk de pagina zelf af met uw browser.",
    ),
    "no_text": (
        "Er is nu geen tekst",
        "Voor deze gebeurtenis is geen tekst verstuurd, of de tekst is ingetrokken.",
    ),
    "calendar_over": (
        "Deze agendalink werkt niet meer",
        "Na 400 dagen, of als de gemeente hem intrekt. Vraag de coördinator om een nieuwe.",
    ),
    "questions_closed": (
        "De vragen zijn gesloten",
        "Antwoorden kan niet meer. Dank dat u dat wilde doen.",
    ),
    "not_found": ("Deze pagina is er niet", "Controleer het adres."),
    "not_here": (
        "Deze pagina is hier niet te zien",
        "Deze pagina is alleen te zien op de computer waarop Schakel draait.",
    ),
    "cross_site_office": (
        "Niet uitgevoerd",
        "Deze vraag kwam van een andere website. Open Schakel zelf en probeer het daar opnieuw.",
    ),
    "form_token": (
        "Niet uitgevoerd",
        "Dit formulier hoort niet bij uw aanmelding. Open de pagina opnieuw.",
    ),
    "signed_out": (
        "U bent afgemeld",
        "Er is niets opgeslagen. Meld u opnieuw aan, en voer het nog een keer in.",
    ),
    "sign_in_over": (
        "Deze link werkt niet meer",
        "Een link om aan te melden werkt vijf minuten en één keer. Vraag een nieuwe.",
    ),
    "no_links": (
        "Aanmelden kan hier alleen met uw account",
        "Open de pagina Aanmelden en gebruik de knop die daar staat.",
    ),
    "left_exercise": ("U doet niet meer mee", "Een bericht zonder OEFENING is altijd echt."),
    "left_list": (
        "Dank u voor uw tijd",
        "U krijgt geen berichten meer. Wij vragen uw organisatie om een opvolger.",
    ),
    "erased": (
        "Uw gegevens zijn gewist",
        "U staat niet meer op de lijst. Uw naam en adressen zijn weg.",
    ),
    "last_admin": (
        "Dit kan nu nog niet",
        "U bent de enige beheerder. Geef eerst iemand anders dat recht.",
    ),
    "own_page_over": (
        "Deze link werkt niet meer",
        "Vraag een nieuwe: stuur de bot /gegevens, of vraag de link per e-mail.",
    ),
    "not_allowed": (
        "Dit mag u niet",
        "Uw rechten zijn hier niet genoeg voor. Vraag de beheerder als dat niet klopt.",
    ),
    "stale_page": (
        "Iemand anders was u voor",
        "Wat hier stond, is intussen veranderd. Er is niets opgeslagen. Open de pagina opnieuw.",
    ),
    "too_late": (
        "Dit kan niet meer",
        "Hierover is al besloten, of het is al gebeurd. Open de pagina opnieuw.",
    ),
    "too_big_office": (
        "Dit formulier is te groot",
        "Er is niets opgeslagen. Maak de tekst of het bestand kleiner.",
    ),
    "too_often": (
        "Dit ging te vaak achter elkaar",
        "Wacht een minuut en probeer het dan opnieuw.",
    ),
    "cross_site": (
        "Niet uitgevoerd",
        "Deze vraag kwam van een andere website. Open de link uit uw bericht opnieuw.",
    ),
    "not_like_this": ("Dit kan zo niet", "Open de pagina opnieuw en gebruik de knoppen."),
    "too_big": ("Dit is te veel tekst", "Houd de toelichting bij 280 tekens."),
    "failed": (
        "Er ging iets mis",
        "Dit ligt niet aan u. Probeer het over een paar minuten opnieuw. Is er gevaar? Bel 112.",
    ),
}

CLOCK = "{clock} uur"
DECIDE_BY = "besluit vóór"
SEND_BY = "versturen vóór"
PROMISED_BY = "beloofd vóór"
READ_BY = "lezen vóór"
SINCE = "sinds"
AS_OF = "stand van"
MEANT_FOR = "klaar voor"
NO_EVENT = "zonder gebeurtenis"
NEED_ALERT = "Melding wacht op een besluit: {title}"
NEED_ALERT_DETAIL = "voorstel ernst {severity}"
NEED_DRAFT = {
    BriefingStatus.DRAFT: "Teksten zijn nog concept: {title}",
    BriefingStatus.SUBMITTED: "Teksten wachten op goedkeuring: {title}",
}
NEED_SENT_BACK = "Teksten kwamen terug met een opmerking: {title}"
NEED_REMARK = "{kind} · opmerking: “{remark}”"
NEED_OTHER = " · niet aan u. {why}"
NEED_STEP = "{step}: {title}"
STEP_BY = "draaiboek"
TICKED_BY = "{name}, {role}"
NEED_UNKNOWN = ("1 onzeker bericht", "{count} onzekere berichten")
NEED_ANSWER = {
    ToldAs.SIGNAL: ("1 signaal zonder antwoord", "{count} signalen zonder antwoord"),
    ToldAs.QUESTION: ("1 vraag zonder antwoord", "{count} vragen zonder antwoord"),
    ToldAs.EXAMPLE: ("1 voorbeeld zonder antwoord", "{count} voorbeelden zonder antwoord"),
}
NEED_UNREAD = {
    ToldAs.SIGNAL: ("1 nieuw signaal", "{count} nieuwe signalen"),
    ToldAs.QUESTION: ("1 nieuwe vraag van de praktijk", "{count} nieuwe vragen van de praktijk"),
    ToldAs.EXAMPLE: ("1 nieuw positief voorbeeld", "{count} nieuwe positieve voorbeelden"),
}
NOT_A_BRIEFING = "antwoorden, meldingen en gesprekken"
NEED_HALTED = "Gestopt: {kind}"
NEED_PAUSE = "{channel} reageert niet"
NEED_PAUSE_DETAIL = "{reason}. {advice}"
NEED_STILL = "{part} staat stil"
#: how a part stands, before the moment
PART_FINE, PART_STILL, PART_WAITS = "in orde,", "staat stil sinds", "wacht: {why}, sinds"
NEED_LINES = (
    "1 regel van de meldkaart is nog te controleren",
    "{count} regels van de meldkaart zijn nog te controleren",
)
NEED_LINES_DETAIL = "tot dan gaat er niets echt uit"
NEED_FEED = "Bron geeft geen nieuws: {name}"

QUESTIONS = {
    "soort": "Wat merkt u?",
    "ernst": "Hoe ernstig is het?",
    "waar_wijk": "Waar?",
    "setting": "In welke omgeving?",
    "wanneer": "Wanneer?",
    "toelichting": "Nog iets kwijt?",
    "eep": "Beleefd, gebeurd of verwacht?",
    "hoe_breed": "Hoe breed?",
    "richting": "Welke kant gaat het op?",
    "thema": "Waar gaat het over? (hoeft niet)",
    "wat_gedaan": "Wat is er al gedaan?",
    "wat_nodig": "Wat is er nodig?",
    "terugkoppeling": "Wilt u een antwoord?",
    "delen": "Met wie mogen wij dit delen?",
}
ANSWER_HINT = "Het antwoord komt bij wie het bericht met deze link kreeg."

EVENT_LISTS = {
    "lopend": "Lopend",
    "afgesloten": "Afgesloten",
    "niet-relevant": "Niet relevant",
}
TITLE_MISSING = "Schrijf in één regel wat er gebeurde, hooguit 120 tekens."
PLACE_TOO_LONG = "Houd de plaats bij 120 tekens."
TIME_LIKE_THIS = "Schrijf de tijd zo: 22.00"
SOMEBODY_ELSE = (
    "Iemand anders heeft de feiten intussen veranderd. Er is niets opgeslagen. "
    "Uw tekst staat er nog; vergelijk, en sla dan opnieuw op."
)
TAKE_BACK_UNSURE = "Zet een vinkje als u zeker weet dat dit meteen uitgaat."
WHAT_WAS_WRONG = "Schrijf waarover de fout ging, bijvoorbeeld: het aantal aangehouden mensen."
SENT_ALREADY = "Deze zin is al verzonden. Was hij fout, of geldt hij alleen niet meer?"
NOT_BEGUN = {
    "taken_back": "Deze zin is al ingetrokken. Kijk bij Verzenden hoe het gaat.",
    "draft_open": "Er staat nog een ander concept open. Verzend het eerst, of kies bij Teksten "
    "Concept intrekken. Ligt het ter goedkeuring? Vraag een goedkeurder om Terug met opmerking.",
    "version_waits": "Er wacht een goedgekeurde tekst op zijn moment. Zeg die eerst af bij "
    "Verzenden; daarna kunt u corrigeren. De zin staat er nog.",
    "nobody_had_it": "Niemand kreeg een tekst. Kies Afsluiten zonder bericht.",
    "person": "In deze regel lijkt een persoon herkenbaar. Schrijf alleen het onderwerp.",
    "one_signal_waits": "Nog 1 signaal wacht op een antwoord. Beantwoord dit signaal eerst.",
    "signals_wait": "Nog {count} signalen wachten op een antwoord. Beantwoord die eerst.",
}
REMARK_MISSING = "Schrijf wat er anders moet."
HALTED_BY_HAND = "door een collega"
HALTED_BY_YOU = "door u"
NO_CHANNEL = "geen werkend kanaal"
OWN_ADDRESS = "adres van de organisatie"
ANSWER_REFUSED = {
    "empty": "Schrijf één zin voor wie dit meldde.",
    "long": "Deze zin is te lang.",
    "person": "In deze zin lijkt een persoon herkenbaar. Schrijf het zonder persoon.",
    "closed": "Dit signaal is al beantwoord.",
}
EVERYBODY = "Iedereen"
DOMAINS = {
    Domain.MUNICIPALITY: "Gemeente",
    Domain.SAFETY: "Veiligheid",
    Domain.CARE_WELFARE: "Zorg en welzijn",
    Domain.EDUCATION: "Onderwijs",
    Domain.CIVIL: "Maatschappelijk",
}
ROLES = {
    Role.COORDINATOR: "coördinator",
    Role.APPROVER: "goedkeurder",
    Role.INTERPRETER: "duider",
    Role.MEMBER: "lid",
    Role.ADMIN: "beheerder",
    Role.KNOWLEDGE_PARTNER: "kennispartner",
}
ROLE_HELP = {
    Role.COORDINATOR: "krijgt meldingen, schrijft feiten, dient in, beantwoordt signalen",
    Role.APPROVER: "leest en keurt goed",
    Role.INTERPRETER: "leest en beantwoordt signalen",
    Role.ADMIN: "beheert rechten, bronnen en aanmeldingen",
    Role.KNOWLEDGE_PARTNER: "denkt mee; heeft geen rechten op de werkpagina’s",
}
COUNT_ORGANISATIONS = "organisaties"
COUNT_PEOPLE = "mensen"
NO_FILE = "Kies eerst een bestand."
CHANNEL_NAMES = {ChannelKind.TELEGRAM: "Telegram", ChannelKind.EMAIL: "E-mail"}

EVENT_TABS = {
    "overzicht": "Overzicht",
    "draaiboek": "Draaiboek",
    "feiten": "Feiten",
    "teksten": "Teksten",
    "verzenden": "Verzenden",
    "bereik": "Bereik",
    "beeld": "Beeld",
    "evaluatie": "Evaluatie",
}
REMARK_LEVELS = {"block": "moet anders", "warn": "kan beter", "advice": "tip"}
ALSO_HERE = "Ook op deze pagina: {names}."
CHOOSE_A_TEXT = "Kies ten minste één tekst om goed te keuren."
SOMEBODY = "iemand die niet meer op de lijst staat"

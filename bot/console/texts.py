"""Dutch labels and short sentences of the pages. Longer text is in the templates."""

from briefings.rows import BriefingKind, BriefingStatus, FactKind
from contacts.directory import Audience
from contacts.outbox import DeliveryStatus, MessageKind
from feeds.rows import EventStatus, LeadAgency, Origin

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

BRIEFING_KINDS = {
    BriefingKind.FIRST: "eerste bericht",
    BriefingKind.UPDATE: "update",
    BriefingKind.CORRECTION: "correctie",
    BriefingKind.RETRACTION: "intrekking",
    BriefingKind.CLOSING: "afsluiting",
}

BRIEFING_STATUSES = {
    BriefingStatus.DRAFT: "concept",
    BriefingStatus.SUBMITTED: "wacht op goedkeuring",
    BriefingStatus.APPROVED: "goedgekeurd, wacht op het tijdstip",
    BriefingStatus.DISTRIBUTED: "verzonden",
    BriefingStatus.WITHDRAWN: "teruggetrokken",
    BriefingStatus.CORRECTED: "verzonden, later gecorrigeerd",
    BriefingStatus.RETRACTED: "verzonden, later ingetrokken",
}

DELIVERIES = {
    DeliveryStatus.PLANNED: "nog te verzenden",
    DeliveryStatus.SENDING: "wordt verzonden",
    DeliveryStatus.SENT: "verzonden",
    DeliveryStatus.UNKNOWN: "onzeker",
    DeliveryStatus.FAILED: "mislukt",
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

PREVIEW_LINK = "#"
PREVIEW_CONTACT = "[interne aanspreekpunt van de organisatie]"

EXPLANATIONS = {
    "unknown_link": (
        "Deze link werkt niet",
        "Misschien viel een deel van het adres weg. Open de link opnieuw vanuit het bericht.",
    ),
    "link_over": (
        "Deze link is niet meer geldig",
        "Links werken een beperkte tijd. In het nieuwste bericht staat een link die werkt.",
    ),
    "no_text": (
        "Er is nu geen tekst",
        "Voor deze gebeurtenis is geen tekst verstuurd, of de tekst is teruggetrokken.",
    ),
    "not_found": ("Deze pagina is er niet", "Controleer het adres."),
    "not_here": (
        "Deze pagina is hier niet te zien",
        "De werkpagina's van Schakel zijn alleen te zien op de computer waarop Schakel draait.",
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

JOURNAL_ACTORS = {"system": "Schakel"}
JOURNAL_PERSON = "persoon {number}"

CLOCK = "{clock} uur"
DECIDE_BY = "besluit vóór"
SEND_BY = "versturen vóór"
PROMISED_BY = "beloofd vóór"
SINCE = "sinds"
NO_EVENT = "zonder gebeurtenis"
NEED_ALERT = "Melding wacht op een besluit: {title}"
NEED_ALERT_DETAIL = "voorstel ernst {severity}"
NEED_DRAFT = {
    BriefingStatus.DRAFT: "Teksten zijn nog concept: {title}",
    BriefingStatus.SUBMITTED: "Teksten wachten op goedkeuring: {title}",
}
NEED_UNKNOWN = ("1 onzeker bericht", "{count} onzekere berichten")
NEED_ANSWER = ("1 signaal zonder antwoord", "{count} signalen zonder antwoord")
NEED_HALTED = "Gestopt: {kind}"
NEED_PAUSE = "{channel} reageert niet"
NEED_PAUSE_DETAIL = "berichten wachten, niemand krijgt iets dubbel"
NEED_STILL = "{part} staat stil"
NEED_STILL_DETAIL = "start Schakel opnieuw als dit zo blijft"
NEED_FEED = "Bron geeft geen nieuws: {name}"

PARTS = {
    "poller": "Het lezen van Telegram",
    "feeds": "Het lezen van nieuws",
    "refresh": "Het bijwerken van de kaart",
    "alerts": "Het doorgeven van meldingen",
    "escalate": "Het volgen van dringende berichten",
    "remind": "Het bewaken van antwoorden",
    "mail_in": "Het lezen van e-mail",
    "tidy": "Het opruimen",
    "health": "De bewaking",
}

#: what a line of the journal says; an action without a label is shown by its code
ACTIONS = {
    "dialogue_wiped": "woorden van afgeronde gesprekken gewist",
    "acknowledged": "ontvangst gemeld",
    "address_known": "adres was al bekend",
    "address_moved": "gesprek verhuisd naar een nieuw adres",
    "approval_voided": "goedkeuring vervallen door een wijziging",
    "arrival_proved": "bericht blijkt aangekomen",
    "briefing_approved": "teksten goedgekeurd",
    "briefing_corrected": "versie gecorrigeerd",
    "briefing_distributed": "teksten verzonden",
    "briefing_drafted": "concept gemaakt",
    "briefing_retracted": "versie ingetrokken",
    "briefing_sent_back": "teksten teruggestuurd met opmerking",
    "briefing_submitted": "teksten ter goedkeuring gegeven",
    "briefing_withdrawn": "concept teruggetrokken",
    "channel_closed": "kanaal gesloten",
    "channel_opened": "kanaal geopend",
    "channel_paused": "kanaal wacht",
    "channel_resumed": "kanaal gaat weer",
    "claims_given_back": "berichten teruggegeven",
    "claims_recovered": "berichten hersteld na een stop",
    "contacts_imported": "contacten ingelezen",
    "deliveries_cancelled": "berichten vervallen",
    "deliveries_claimed": "berichten opgepakt",
    "deliveries_escalated": "dringend bericht langs een ander kanaal",
    "deliveries_interrupted": "verzenden onderbroken",
    "deliveries_planned": "berichten klaargezet",
    "deliveries_resent": "onzekere berichten opnieuw klaargezet",
    "deliveries_sending": "berichten worden verzonden",
    "deliveries_sent": "berichten verzonden",
    "deliveries_void": "berichten niet meer nodig",
    "deliveries_wait": "berichten wachten",
    "delivery_bounced": "mail kwam terug",
    "delivery_failed": "bericht mislukt",
    "delivery_unknown": "bericht onzeker",
    "edit_cancelled": "wijziging niet meer nodig",
    "edit_superseded": "wijziging ingehaald door een nieuwere",
    "edits_interrupted": "wijziging onderbroken",
    "event_alerted": "coördinator gewaarschuwd",
    "event_closed": "gebeurtenis afgesloten",
    "event_confirmed": "gebeurtenis bevestigd",
    "event_detected": "gebeurtenis gezien",
    "event_dismissed": "gebeurtenis niet relevant",
    "event_merged": "gebeurtenissen samengevoegd",
    "event_opened": "gebeurtenis gemeld",
    "event_reopened": "gebeurtenis heropend",
    "event_rose": "voorstel ernst is hoger",
    "event_snoozed": "melding uitgesteld",
    "fact_added": "feit toegevoegd",
    "fact_withdrawn": "feit weggehaald",
    "facts_opened": "feitenblok geopend",
    "failures_told": "coördinator hoorde van fouten",
    "fallback_planned": "ander kanaal gepland",
    "fallback_spared": "ander kanaal niet nodig",
    "four_eyes_afterwards": "tweede lezer keek achteraf",
    "invitation_made": "uitnodiging gemaakt",
    "invitation_redeemed": "uitnodiging gebruikt",
    "leases_over": "berichten vrijgegeven",
    "mail_handled": "mail verwerkt",
    "message_cancelled": "bericht afgezegd",
    "message_halted": "bericht gestopt",
    "message_resumed": "bericht gaat door",
    "notes_wiped": "vrije tekst gewist",
    "role_granted": "rol gegeven",
    "signal_closed": "signaal beantwoord",
    "signal_looked_at": "signaal bekeken",
    "signal_overdue_told": "coördinator hoorde van laat antwoord",
    "signal_told": "signaal ontvangen",
    "submission_voided": "aanvraag vervallen door een wijziging",
}

SUBJECTS = {
    "briefing": "teksten",
    "channel": "kanaal",
    "channel_pause": "kanaal",
    "contact": "contact",
    "delivery": "bericht",
    "event": "gebeurtenis",
    "fact": "feit",
    "fact_block": "feitenblok",
    "invitation": "uitnodiging",
    "message": "tekst",
    "organisation": "organisatie",
    "person": "persoon",
    "signal": "signaal",
    "source": "bron",
}

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
    "wat_gedaan": "Wat is er al gedaan?",
    "wat_nodig": "Wat is er nodig?",
    "terugkoppeling": "Wilt u een antwoord?",
    "delen": "Met wie mogen wij dit delen?",
}
ANSWER_HINT = "Het antwoord komt bij wie het bericht met deze link kreeg."

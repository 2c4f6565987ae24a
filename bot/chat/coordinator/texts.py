"""Dutch labels of the coördinator's buttons, and the fixed choices behind them."""

from bot.chat.buttons import short
from briefings import texts as briefing_texts
from briefings.rows import Briefing, BriefingStatus
from contacts.directory import Audience
from feeds.rows import DismissReason, LeadAgency
from signals.rows import OutcomeCode

CONFIRM = "Bevestig"
LATER = "Nog niet, blijf volgen"
NOT_RELEVANT = "Niet relevant"
#: the way back out of a question
NOT_AFTER_ALL = "Toch niet"
SHOW_ITEMS = "Bekijk berichten"
SHOW_WHY = "Alle redenen"
#: a number of the daily list
SHOW_LISTED = "{number}"
ALL_DEFAULTS = "Alles akkoord"
FACTS = "Feiten"
TEXTS = "Teksten"
RECIPIENTS = "Ontvangers"
SUBMIT = "Ter goedkeuring"
UPDATE = "Update"
CORRECTION = "Correctie"
TAKE_BACK = "Intrekken"
TAKE_BACK_SURE = "Trek nu in"
NOTHING_SENT = (
    "Er is nog niets verzonden. Wacht een tekst op zijn moment? "
    "Dan kan de coördinator het verzenden stoppen."
)
WAS_WRONG = "De zin was fout: correctie"
IS_OUTDATED = "Geldt niet meer: weghalen"
CLOSE = "Afsluiten"
SIGNALS = "Signalen"
BACK = "Terug naar overzicht"
ADD_FACT = "Feit toevoegen"
ADD_MEASURE = "Maatregel"
ADD_UNKNOWN = "Nog niet bekend"
ADD_DENIED = "Klopt niet"
REMOVE_FACT = "Feit weghalen"
NOW_CONFIRMED = "Nu bevestigd"
AROUND = "Titel en duiding"
AROUND_FIELDS = {
    "titel": "Neutrale titel",
    "band": "Band met de stad",
    "woorden": "Openbare woorden",
}
AROUND_QUESTIONS = {
    "titel": "Typ de neutrale titel, zonder oordeel en zonder namen.",
    "band": "Typ in één zin wat dit met de stad te maken heeft.",
    "woorden": "Typ letterlijk wat er in het openbaar gezegd is, hooguit twee zinnen.",
    "spreker": "Wie zei dat? Typ de functie, bijvoorbeeld: de burgemeester.",
}
CLEAR_AROUND = "Weghalen"
CHANGE = "Wijzigen"
CHANGE_PARTS = {
    "severity": "Ernst",
    "lead": "Wie leidt",
    "place": "Plaats",
    "type": "Soort",
    "time": "Verzenden vóór",
}
ALONG = "Neem de buurgemeenten mee"
ALONG_REACHED = "Te bereiken zijn er nu {reachable} van de {all}."
ALONG_CALL = " De andere belt u zelf."
NOT_ALONG = "Buurgemeenten niet meer meenemen"
CHANGE_PLACE = "Typ de plaats of wijk. Geen adres en geen namen."
CHANGED_MEANWHILE = "Iemand anders veranderde dit net. Open Wijzigen opnieuw."
NOTHING_CHANGED = "Dat was het al."
NO_MOMENT = "Geen vast moment"
NEXT_UPDATE = "Volgende update"
DONE = "Klaar"
TAKE_OVER = "Neem over: {number}"
READ = "Lees"
APPROVE = "Goedkeuren en verzenden"
APPROVE_OTHERS = "De andere tekst goedkeuren", "De andere {n} teksten goedkeuren"
APPROVE_SURE = "Ja, verzenden"
APPROVE_LATER = "Ja, verzenden om {clock}"
SEND_BACK = "Terug met opmerking"
NOT_NOW = "Nog niet"
READ_ONE = "Lees: {name}"
HAS_OPENED = "✔ {name}"
UNREAD_GO = "Toch verder"
SHOW_UNKNOWN = "Bekijk het onzekere bericht", "Bekijk de {n} onzekere"
RESEND = "Opnieuw sturen naar onzekere"
CALL_LIST = "Bellijst ({count})"
TO_TICK = "☐ {number} gebeld"
TICKED = "☑ {number} gebeld"
TICKED_MEANWHILE = "Iemand anders vinkte dit al af."
NOT_YET = "Nog te doen"
CALLED = "Gebeld"
NOT_NEEDED = "Niet nodig"
ALREADY_DECIDED = "Over deze gebeurtenis is al besloten."
WITHDRAW = "Concept intrekken"
WITHDRAW_SURE = "Ja, concept intrekken"
ALL_TEXTS = "Alle teksten"
OPEN_CONSOLE = "Open de werkpagina's"

SEVERITIES = {2: "2 volgen", 3: "3 informeren", 4: "4 ingrijpend", 5: "5 crisis"}

LEADS = {
    LeadAgency.POLICE: "politie/OM",
    LeadAgency.MUNICIPALITY: "gemeente",
    LeadAgency.SAFETY_REGION: "veiligheidsregio",
    LeadAgency.UNKNOWN: "weet ik niet",
}

#: in the order in which they are offered
DISMISSALS = {
    DismissReason.FALSE_ALARM: "loos alarm",
    DismissReason.SPORT_CULTURE: "sport/cultuur",
    DismissReason.ELSEWHERE: "elders, geen band",
    DismissReason.OLD_NEWS: "oud nieuws",
    DismissReason.ALREADY_KNOWN: "al bekend",
    DismissReason.OTHER: "anders",
}

BELONGS = "Hoort bij: {title}"

#: minutes → label
SNOOZES = {30: "30 minuten", 120: "2 uur", 720: "12 uur"}
MUTE = "Dit onderwerp 7 dagen stil"

AUDIENCES = {
    Audience.TEACHER_PO: "Docent PO",
    Audience.TEACHER_VO_MBO: "Docent VO/MBO",
    Audience.SCHOOL_LEADER: "Schoolleiding",
    Audience.YOUTH_WORK: "Jongerenwerk",
    Audience.RELIGIOUS_CULTURAL: "Religieus/cultureel",
    Audience.POLICE_DISTRICT: "Politie/wijkteam",
    Audience.PARENTS: "Ouders",
}

#: Official sources that a fact can be taken from with one tap.
OFFICIAL_SOURCES = ("politie", "OM", "gemeente", "veiligheidsregio")

BRIEFING_KINDS = briefing_texts.BRIEFING_KINDS

BRIEFING_STATES = {
    BriefingStatus.DRAFT: "concept",
    BriefingStatus.SUBMITTED: "ligt ter goedkeuring",
    BriefingStatus.APPROVED: "goedgekeurd",
    BriefingStatus.DISTRIBUTED: "verzonden",
    BriefingStatus.WITHDRAWN: "ingetrokken",
    BriefingStatus.CORRECTED: "gecorrigeerd",
    BriefingStatus.RETRACTED: "ingetrokken na verzending",
}

INTERPRET = "Duiden"
WIPE_TEXT = "Wis tekst"
WIPE_SURE = "Ja, wis de tekst"
BACK_TO_SIGNAL = "Terug naar het signaal"
SEND_ANSWER, ANSWER_ANEW = "Verstuur", "Terug"
TOGETHER = "Eén antwoord voor meer signalen"
GROUP = "{kind}: {count} signalen"
ACTION = "Actie"
WAIT = "Wachten"
ANSWER = "Antwoord aan de melder"
OUTCOMES = {
    OutcomeCode.A: "A Actie genomen",
    OutcomeCode.B: "B Samen met andere bekeken",
    OutcomeCode.C: "C Doorgegeven met toestemming",
    OutcomeCode.D: "D Geen actie nodig",
    OutcomeCode.E: "E Meer mogen wij niet zeggen",
    OutcomeCode.F: "F Beantwoord met informatie",
    OutcomeCode.G: "G Positief voorbeeld gedeeld",
}

#: What a refusal by approval or facts means for the person who tapped.
REFUSALS = {
    "changed": "Er is iets veranderd na het indienen. Lees de nieuwe teksten eerst.",
    "list_changed": "Wie op de lijst staat, veranderde na het indienen. De teksten zijn dezelfde. "
    "Lees de aantallen van nu, en keur dan goed.",
    "no_facts": "U hebt nog geen bevestigd feit. Toch indienen?",
    "no_right": "Er staat nog niet wat wél klopt. Toch indienen?",
    "not_released": "Bij deze GRIP gaat alleen uit wat de crisiscommunicatie vrijgaf. Zeg eerst "
    "dat dat zo is.",
    "not_running": "Deze gebeurtenis loopt niet (meer).",
    "grip_handed_in": "Verlagen kan niet zolang een tekst ter goedkeuring ligt of op zijn moment "
    "wacht.",
    "grip_second_person": "Verlagen doet iemand anders dan wie deze GRIP invoerde.",
    "four_eyes": "Bij deze ernst of GRIP keurt iemand anders goed dan wie schreef of indiende.",
    "lowered_by_you": "U verlaagde de ernst. Daarom keurt nu iemand anders goed.",
    "not_approver": "Bij deze ernst of GRIP keurt een goedkeurder goed.",
    "not_submitted": "Deze versie ligt niet ter goedkeuring.",
    "unverified_lines": "Er staan nog nummers op 'te controleren'. Zo gaat er niets echt uit.",
    "blocked": "Er staat iets in de tekst dat niet mag. Pas dat eerst aan.",
    "needs_official_source": "Noem een officiële bron: politie, OM, gemeente of veiligheidsregio. "
    "Bij bevestigd mogen het ook twee redacties zijn, zoals: omroep en krant.",
    "person": "In deze regel lijkt een persoon herkenbaar. Feiten noemen geen personen.",
    "too_precise": "Deze regel wijst één gebedshuis aan. Schrijf 'een moskee' of 'een kerk' zonder "
    "de plek erbij, of alleen de wijk.",
    "too_long": "Deze zin is te lang. Gebruik hooguit 20 woorden.",
    "empty": "Deze regel is leeg.",
    "no_source": "Bij een feit hoort een bron.",
    "no_recipients": "Er is niemand om naar te verzenden: niemand van de lijst is nu te bereiken "
    "via Telegram of mail.",
    "stale": "De feiten zijn veranderd. Open de teksten opnieuw en dien dan in.",
    "not_draft": "Deze versie is geen concept meer.",
    "no_texts": "Er zijn nog geen teksten.",
    "not_confirmed": "Deze gebeurtenis loopt niet (meer).",
    "wrong_world": "Oefening en echt blijven gescheiden.",
    "promise_past": "De beloofde update is dan al voorbij. Beloof eerst een nieuw moment.",
    "signals_wait": "Er kwam een signaal bij. Beantwoord het, en begin de afsluiting opnieuw.",
    "signals_changed": "De signalen zijn veranderd na deze tekst. Begin de afsluiting opnieuw.",
    "not_in_parts": "Deze tekst gaat in één keer naar iedereen. Keur alles goed, of stuur terug.",
    "no_speaker": "Bij openbare woorden hoort wie dat zei, met de functie.",
    "no_words": "Vul ook in wat er gezegd is.",
    "words_too_long": "Openbare woorden zijn hooguit twee zinnen.",
    "source_in_future": "De tijd van de bron ligt in de toekomst.",
    "measure_incomplete": "Bij een maatregel hoort voor wie, waar, tot wanneer en wie besloot.",
}

EVENT_TYPES_SHORT = (
    ("E01", "Aanhouding"),
    ("E02", "Aanslag"),
    ("E04", "Geweld"),
    ("E10", "Rond een school"),
    ("E05", "Gebedshuis"),
    ("E07", "Demonstratie"),
    ("E08", "Rellen"),
    ("E14", "Schok in het buitenland"),
    ("algemeen", "Iets anders"),
    ("meer", "Alle soorten"),
)

#: a calendar names somebody: what is planned is not said
SOMETHING_PLANNED = "iets uit de agenda van de gemeente"
TAKE_PROPOSAL = "Neem over: {name} · {place} · ernst {severity}"
NO_PLACE = "plaats onbekend"
PLACES_SHORT = (
    ("arnhem", "Arnhem"),
    ("regio", "Regio"),
    ("nl", "Nederland"),
    ("ver", "Buitenland"),
)

MEASURE_STEPS = (
    ("text", "Welke maatregel is er? Eén zin."),
    ("for_whom", "Voor wie geldt dit?"),
    ("where", "Waar geldt dit?"),
    ("from_", "Vanaf wanneer, en tot wanneer?"),
    ("decided_by", "Wie heeft dit besloten?"),
)

OLD_VERSION = "Deze knop hoort bij een andere versie. Open de teksten opnieuw."
MOMENT_IS_OVER = "Dat moment kan niet meer. Kies opnieuw."
OLD_CHOICE = "Deze keuze bestaat niet meer. Open de feiten opnieuw."
APPLIES_YES = "Ja, geldt voor de lezer"
APPLIES_NO = "Nee, geldt niet voor de lezer"
APPLIES_SOME = "Voor sommige lezers"
READER_ON, READER_OFF = "☑ {name}", "☐ {name}"
#: The word that separates begin and end in one typed line.
UNTIL = " tot "
UNTIL_FURTHER_NOTICE = "nader bericht"

#: personal places in a text, and what a preview shows there
SHOWN_PLACES = {
    "%%LINK%%": "[link naar de pagina van de organisatie]",
    "%%INTERNAL_CONTACT%%": "[intern aanspreekpunt van de organisatie]",
    "%%OWN_PAGE%%": "[link naar de eigen pagina van de lezer]",
    "%%BASE%%": "[adres van Schakel]",
}


def cut_short(sentence: str) -> str:
    """What fits on a button of a phone."""
    return short(sentence, 40)


PASSKEY_AT_DESK = "Goedkeuren gaat met uw passkey, op de pagina. Stuur /console voor een link."

GRIP = "GRIP"
TIMETABLE = "Draaiboek"
GRIP_LEVELS = ("geen GRIP", "GRIP 1", "GRIP 2", "GRIP 3", "GRIP 4", "GRIP 5")
FROM_SEVERITY = "ernst {severity} of hoger"
GRIP_CHANGED = "Iemand anders wijzigde de GRIP. Open de vraag opnieuw."
SUBMIT_ANYWAY = "Toch indienen"
RELEASED = "Ja, vrijgegeven: verzenden"
RELEASED_LATER = "Ja, vrijgegeven: verzenden om {clock}"
STOP_WAITING = "Stop"
#: what an approver's older question says when its answer is no longer needed
REQUEST_RENEWED = "Er is een nieuwe versie ter goedkeuring. De vraag staat hieronder."
REST_UNTOLD = (
    "De andere teksten wachten op goedkeuring, maar niemand anders die dat mag, kreeg bericht. Bel "
    "een goedkeurder, of laat de beheerder iemand die rol geven."
)
REQUEST_SENT_BACK = "Deze versie ging terug met een opmerking."
STOP, GO_ON, CALL_OFF = "Stop", "Ga door", "Afzeggen"
CANCEL_SURE = "Ja, afzeggen"
REOPEN = "Heropenen"

OWN = "Zelf formuleren"
OWN_CHAT = "Telegram-bericht"
OWN_MARK, OWN_CHOOSE = "✎ ", "kies: "
OWN_KEEP, OWN_DROP, OWN_READ = (
    "Eigen woorden houden",
    "Terug naar de standaardtekst",
    "Lees de tekst",
)

#: why own words were not kept, in both faces
OWN_REFUSALS = {
    "not_open": "Deze tekst kan niet meer anders: hij is verzonden of ingetrokken.",
    "no_part": "Dit deel staat niet meer in de tekst. Kijk wat er nu staat.",
    "empty": "Schrijf iets, of kies: terug naar de standaardtekst.",
    "too_long": "Dit is te lang. Houd het bij 3000 tekens.",
    "placeholder": "Laat woorden tussen %% staan zoals ze waren, en zet er geen andere bij.",
    "person": "Dit gaat misschien over één mens. Schrijf het zonder namen en zonder kenmerken.",
}

NOT_ALL = "Niet alles tegelijk"
PART_ON, PART_OFF = "☑ {name} ({count})", "☐ {name} ({count})"
PART_GO = "Verder met 1 tekst", "Verder met {n} teksten"
ASK_EXCEPTION = "Vraag een uitzondering"
SET_ASIDE = "Toch toestaan: {code}, {name}"

EXCEPTION_REFUSALS = {
    "not_submitted": REFUSALS["not_submitted"],
    "changed": REFUSALS["changed"],
    "not_second": "Dit kan alleen een goedkeurder die niets schreef en niet indiende.",
    "not_this": "Op deze regel kan geen uitzondering, of zij is er al. Lees wat er nu staat.",
    "no_reason": "Schrijf waarom dit hier toch mag.",
    "person": "In deze reden lijkt een persoon herkenbaar. Schrijf het zonder.",
}


SEND_LATE = "Alsnog aan {count}: {kind}"
SEND_LATE_NOW = "Stuur alsnog aan {count}"
NOBODY_LATE = "Niemand mist deze tekst meer"
OUTDATED_LATE = (
    "Deze tekst gaat niet meer uit: er is een nieuwere, of hij bleek fout. Tik weer op "
    "Ontvangers voor de nieuwste. Wie die niet kan krijgen, belt u."
)
CORRECTED_LATE = (
    "Deze tekst wordt rechtgezet of ingetrokken, en gaat zo niet meer uit. Is dat verzonden, dan "
    "krijgt wie deze miste, alsnog de goede bij Ontvangers."
)
OTHERS_LATE = "Het gaat intussen om andere mensen. Tik weer op Ontvangers."


def named(briefing: Briefing) -> str:
    """``update, versie 2``. Pure."""
    return briefing_texts.named(briefing.kind, briefing.version)

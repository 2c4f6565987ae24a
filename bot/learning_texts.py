"""Dutch words of *Leren*: lessons, their owners and their days."""

from briefings.learning.rows import LessonStatus

STATUSES = {
    LessonStatus.OPEN: "open",
    LessonStatus.DONE: "gedaan",
    LessonStatus.DROPPED: "gaat niet door",
}
LATE = "te laat"
NO_TEXT = "geen tekst veranderd"

NOT_KEPT = {
    "empty": "Vul in wat er anders moet.",
    "owner": "Vul in wie ervoor zorgt: een organisatie of een functie.",
    "long": "De tekst is te lang. Houd het bij 300 tekens.",
    "date": "Kies een dag vanaf vandaag, en binnen twee jaar.",
    "person": "Hierin lijkt een persoon te staan. Noem een organisatie of een functie, geen naam.",
    "role": (
        "Dit gaat misschien over één mens: een functie met hij of zij. Wie erbij was, weet wie. "
        "Schrijf wat er gebeurde of ontbrak, bijvoorbeeld: de schoolleiding kreeg het bericht niet."
    ),
    "unchanged": (
        "Deze tekst heeft nog dezelfde versie als die avond. Verander eerst de tekst en verhoog "
        "de versie, of kies: geen tekst veranderd."
    ),
    "no_text": "Kies een tekst uit de lijst.",
}

REMIND_TITLE = "Lessen waarvan de dag voorbij is"
REMIND_WHY = "Deze lessen zouden nu gedaan zijn. Uitstellen mag."
REMIND_LINE = "{number}. {change} ({owner}, voor {due})"
REMIND_MORE = "En nog {count} andere. Alles staat op de pagina Leren: {page}"
REMIND_PAGE = "Alles staat op de pagina Leren: {page}"
DONE_BUTTON = "{number} gedaan"
LATER_BUTTON = "{number} twee weken later"
DONE_TOAST = "Gedaan"
LATER_TOAST = "Twee weken later"
SETTLED_TOAST = "Deze les is al afgerond"
TEXT_CHANGED = "{name}, versie {then} → {now}"
TEXT_NOW = "{name}, versie {now}"
KEEP_SO = "Ik las het na: dit is niemand in het bijzonder."
# Noting a lesson in the chat
SAY_AGAIN = "{refused} Is niemand in het bijzonder bedoeld? Stuur de zin dan nog eens."
ADD = "Les noteren"
NO_EVENT = "Er is nog geen gebeurtenis om een les bij te noteren."
CHOOSE = "<b>Een les noteren</b>\nVan welke gebeurtenis?"
READERS = "Leden lezen deze les ook, op de agenda van het overleg."
ASK_CHANGE = (
    "<b>Les bij {event}</b>\nWat moet er anders? Schrijf één of twee zinnen. Noem een tekst of een "
    "afspraak, nooit een persoon, ook niet zonder naam. {readers}"
)
ASK_KEEP = "Wat houden wij zo? Schrijf het op, of sla het over."
ASK_OWNER = "Wie zorgt ervoor? Schrijf een organisatie of een functie, geen naam."
ASK_DUE = "Voor welke dag? Kies, of schrijf de dag zo: {example}."
DATE_AGAIN = "{refused} Schrijf de dag zo: {example}."
READ_BACK = (
    "<b>Lees het na</b>\nLes bij {event}\n\nAnders: {change}\nZo houden: {keep}\nWie: {owner}\n"
    "Voor: {due}\n\n{readers}"
)
NOTHING_TO_KEEP = "niets ingevuld"
SKIP, KEEP_IT, QUIT = "Overslaan", "Bewaren", "Stoppen"
WEEKS = {2: "Over 2 weken", 6: "Over 6 weken", 13: "Over 3 maanden"}
KEPT = "De les is bewaard. Zij staat op de pagina Leren, en met /afspraken zet u haar op gedaan."
GIVEN_UP = "Gestopt. Er is geen les bewaard."

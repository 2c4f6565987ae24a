"""Dutch words of *Leren*: lessons, their owners and their days."""

from briefings.learning.rows import LessonStatus

STATUSES = {
    LessonStatus.OPEN: "open",
    LessonStatus.DONE: "gedaan",
    LessonStatus.DROPPED: "gaat niet door",
}
LATE = "over de datum"
NO_TEXT = "geen tekst veranderd"

NOT_KEPT = {
    "empty": "Vul in wat er anders moet.",
    "owner": "Vul in wie ervoor zorgt: een organisatie of een functie.",
    "long": "De tekst is te lang. Houd het bij 300 tekens.",
    "date": "Kies een dag vanaf vandaag, en binnen twee jaar.",
    "person": "Hierin lijkt een persoon te staan. Noem een organisatie of een functie, geen naam.",
    "unchanged": (
        "Deze tekst heeft nog dezelfde versie als die avond. Verander eerst de tekst en verhoog "
        "de versie, of kies: geen tekst veranderd."
    ),
    "no_text": "Kies een tekst uit de lijst.",
}

REMIND_TITLE = "Lessen over de datum"
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

"""What gives a person away by its form: numbers, addresses, accounts. Pure.

A checksum never decides: a mistyped IBAN or BSN is still somebody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from signals.person_words import Span

_CONSONANT = "[BDFGHJKLMNPRSTVWXZ]"
_PLATE_MASKS = (
    *("XX-99-99", "99-99-XX", "99-XX-99", "XX-99-XX", "XX-XX-99", "99-XX-XX", "99-XXX-9"),
    *("9-XXX-99", "XX-999-X", "X-999-XX", "XXX-99-X", "X-99-XXX", "9-XX-999", "999-XX-9"),
)
_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    "|jan|feb|mrt|apr|jun|jul|aug|sept?|okt|nov|dec"
)


def _plates() -> str:
    strict, loose = [], []
    for mask in _PLATE_MASKS:
        parts = [
            f"\\d{{{len(p)}}}" if p[0] == "9" else f"{_CONSONANT}{{{len(p)}}}"
            for p in mask.split("-")
        ]
        strict.append("-".join(parts))
        loose.append("[ ]?".join(parts))
    any_letter = [form.replace(_CONSONANT, "[A-Z]") for form in strict]
    forms = "|".join([*any_letter, f"(?i:{'|'.join(strict)})", *loose])
    return rf"(?<![\w-])(?:{forms})(?![\w-])"


_FORMS: tuple[tuple[str, str], ...] = (
    (
        "EMAIL",
        (
            r"(?i)(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\(punt\))\s?[\w-]+)*"
            r"(?:\.|\(dot\)|\(punt\))[\w-]{2,}"
        ),
    ),
    (
        "HANDLE",
        (
            r"(?i)(?<![\w-])(?:https?://)?(?:[a-z-]+\.)?(?:facebook|instagram|tiktok|snapchat|twitter|x|t|wa"
            r"|youtube|linkedin|discord|twitch|threads|telegram)\.(?:com|me|gg|tv|net)/\S*[\w/]"
        ),
    ),
    (
        "URL",
        (
            r"(?i)(?:https?://|www\.)\S*[\w/]"
            r"|(?<![\w@.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:nl|com|org|net|be|de|eu|tv|me|info)"
            r"(?:/\S*[\w/])?(?![\w.-]*@)(?!\w)"
        ),
    ),
    ("HANDLE", r"(?<![\w@])[A-Za-z][\w.]{1,31}#\d{4}(?!\d)"),
    ("HANDLE", r"(?<![\w@])@\s?[A-Za-z0-9_][\w.-]*\w"),
    ("HANDLE", r"(?<![\w@.])\w(?=[\w.]*_)(?=[\w.]*[^\W\d_])[\w.]*\w"),
    ("HANDLE", r"(?<![\w@.])[A-Za-z](?=\w*\d)\w{2,}\.[\w.]*\w"),
    ("HANDLE", r"(?<![\w@.])[^\W\d_]{3,}\.(?=[\w.]*\d)[\w.]*\w"),
    (
        "IBAN",
        (
            r"(?<!\w)(?:[A-Z]{2}\s?|(?i:nl|be|de|fr|es|it|pl|tr|lu|at|gb|ma))\d{2}"
            r"(?:[\s.-]?[A-Za-z]{4})?(?:[\s.-]?\d){10,24}(?!\d)"
        ),
    ),
    (
        "TEL",
        (
            r"(?<![\w+])(?!0[89]00)(?:(?:\+|00)[\s(]?\d{1,3}\)?[\s./-]{0,2}(?:\(0\)[\s./-]?)?"
            r"\d(?:[\s./()-]{0,2}\d){6,11}|\(?0(?:[\s./()-]{0,3}\d){9})(?!\d)"
        ),
    ),
    ("TEL", r"(?<![\w+.,-])6[\s-]\d{4}[\s-]?\d{4}(?!\d)"),
    ("KENTEKEN", _plates()),
    # Of another country: Belgian and German by form, all others only behind the word itself.
    ("KENTEKEN", r"(?<![\w-])[12]-[A-Z]{3}-\d{3}(?![\w-])"),
    ("KENTEKEN", r"(?<![\w-])[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}\s\d{1,4}(?![\w-])"),
    (
        "KENTEKEN",
        (
            r"(?i:\bkenteken(?:plaat|s)?|\bnummerbord)\W{1,3}(?:[^\W\d_]{2,}\W{1,2}){0,3}?"
            r"((?=[A-Z0-9 -]*\d)(?=[A-Z0-9 -]*[A-Z])[A-Z0-9]{1,4}(?:[ -][A-Z0-9]{1,5}){0,2})"
            r"(?![\w-])"
        ),
    ),
    (
        "BSN",
        r"(?<![\w.,-])(?:\d{9}|\d{3}[ .]\d{3}[ .]\d{3}|\d{4}[ .]\d{2}[ .]\d{3})(?![\w-])",
    ),
    (
        "BSN",
        r"(?i)(?:bsn|sofinummer|burgerservicenummer)\D{0,20}(\d(?:[ .-]?\d){7,8})",
    ),
    (
        "GEBDATUM",
        (
            r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])\s?[-/.]\s?(?:0?[1-9]|1[0-2])\s?[-/.]\s?"
            r"(?:19[3-9]\d|20[01]\d|2020)(?!\d)"
        ),
    ),
    (
        "GEBDATUM",
        r"(?<![\d-])(?:19[3-9]\d|20[01]\d|2020)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d-])",
    ),
    (
        "GEBDATUM",
        (
            r"(?i)(?:geb\.?|geboren|geboortedatum|geboortedag|jarig)\W{0,3}(?:(?:op|is|datum)\W{1,3})*"
            rf"(\d{{1,2}}\s?(?:[-/. ]\s?\d{{1,2}}\s?[-/. ]\s?|\s?(?:{_MONTHS})\.?\s?)(?:\d{{4}}"
            r"|'?\d{2})|(?:19|20)\d{2})(?!\d)"
        ),
    ),
    (
        "KLAS",
        (
            r"(?i)(?<!\w)(?:(?:klas|groep|brugklas)\s\d{1,2}(?:\s?[a-z]\b)?(?:\s(?:en|of|t/m)\s\d\b)?"
            r"|(?:havo|vwo|vmbo(?:-?[a-z]{1,2})?|mavo|gymnasium|atheneum)\s?-?\d\b"
            r"|(?:[1-8]\s?(?:e|de|ste)|(?:eerste|tweede|derde|vierde|vijfde|zesde))\s(?:klas|groep)"
            r"|\d\s?-?(?:havo|vwo|vmbo|mavo|gymnasium|atheneum)(?:-?[a-z]{1,2})?\b"
            r"|[1-6][a-hA-H]\d?\b)"
        ),
    ),
)

_CLASS = (
    r"(?:klas\s\d\w?|groep\s\d|[1-6]\s?-?[a-h]\b|[1-6]\s?-?(?:havo|vwo|vmbo|mavo)\S*"
    r"|(?:havo|vwo|vmbo|mavo)\S*\s?\d)"
)
_SOMEBODY = r"(?:jongen|meisje|meid|knul|zoon|dochter|broer|zus|leerling|man|vrouw|puber|gast)"
_AGE = r"(?:van\s\d{1,2}\b|\(\s?\d{1,2}\s?(?:jaar|jr)?\s?\)|\d{1,2}\s?-?\s?(?:jaar|jr|jarige?)\b)"
_PERSON_FORMS = (
    r"\b[Ii]nitialen\s(?:zijn\s|is\s)?[A-Z]\.?\s?[A-Z]\b",
    # "jongen uit 3B", "meisje (14) uit klas 2": sex and class point at one person
    rf"(?i)\b(?:jongen|meisje|meid|knul)\s(?:{_AGE}\s)?(?:uit|van|in|zit\sin)\s(?:de\s)?{_CLASS}",
    rf"(?i)\b{_SOMEBODY}\b[^.!?]{{0,20}}{_AGE}[^.!?]{{0,25}}{_CLASS}",
    rf"(?i)\b\d{{1,2}}\s?-?\s?jarige?\s{_SOMEBODY}\b[^.!?]{{0,25}}{_CLASS}",
    rf"\b{_SOMEBODY}\b[^.!?]{{0,20}}{_AGE}[^.!?]{{0,25}}\b[A-Z]\w+(?:straat|laan|weg|plein)\b",
)

# "insta: keesje", "snap heet hij bigboss"
_ACCOUNT = re.compile(
    r"\b(?:snap(?:chat)?|insta(?:gram)?|tiktok|discord|telegram|account|gebruikersnaam|nickname"
    r"|gamertag|username|@)\w*\s?(?::|=|\bheet\s(?:hij|zij|ze)|\bis\s?:|\sis(?=\s\S*[._\d]\S*\w))\s?(\S*\w)",
    re.IGNORECASE,
)


#: sites that everybody reads; the address of a page on them may still name somebody
_PUBLIC_SITE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:nu|nos|rtl|rtlnieuws|ad|gelderlander|omroepgelderland|telegraaf|volkskrant"
    r"|nrc|trouw|parool|politie|rijksoverheid|overheid|arnhem|gelderland|vggm|rivm|nctv|ggd|coa|112|bol"
    r"|marktplaats|geenstijl|dumpert|youtube|google|wikipedia|facebook|instagram|tiktok)\.(?:nl|com|org)",
    re.IGNORECASE,
)


#: a number of nine that is said to be something else
_REFERENCE = re.compile(
    r"(?:order|bestelling|bestel|factuur|kenmerk|zaak|dossier|ticket|referentie|kvk|melding|polis)"
    r"(?:nummer|nr)?\W{0,3}(?:(?:is|nummer|nr|was)\W{1,3})?\Z",
    re.IGNORECASE,
)


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Made for the first text, not while everything loads."""
    return tuple((label, re.compile(form)) for label, form in _FORMS)


@cache
def _person_forms() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for form in _PERSON_FORMS)


def find_forms(text: str) -> Iterator[Span]:
    """Everything in the text with the form of personal data; spans may overlap."""
    for label, pattern in _forms():
        group = 1 if pattern.groups else 0
        for match in pattern.finditer(text):
            if label == "URL" and _PUBLIC_SITE.fullmatch(match.group()):
                continue
            if label == "BSN" and group == 0 and _REFERENCE.search(text[: match.start()]):
                continue
            yield Span(match.start(group), match.end(group), label)
    for pattern in _person_forms():
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), "PERSOON")
    for match in _ACCOUNT.finditer(text):
        yield Span(match.start(1), match.end(1), "HANDLE")

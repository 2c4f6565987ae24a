"""Finds one person who is pointed at without a name. Pure.

*De zoon van de bakker*, *die ene Syrische jongen*, *M. uit mijn klas*: colleagues know who is
meant. It takes a word for one person and a mark that singles that person out; a group
(*leerlingen van 14 tot 16 jaar*) and a role without a mark (*een moeder vroeg om
informatie*) pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from signals.person_words import Span

_YOUNG = (
    "jongen|jongetje|meisje|meid|meiske|knul|gozer|gast|gastje|kerel|puber|tiener|jongere|kind"
    "|kindje|kleuter|leerling|leerlinge|oud-leerling|scholier|scholiere|student|studente|pupil"
)
_KIN = (
    "(?:stief|pleeg|schoon|half|klein)?(?:zoon|zoontje|dochter|dochtertje|broer|broertje|broertje"
    "|zus|zusje|vader|moeder)|oom|tante|neef|neefje|nicht|nichtje|opa|oma|zwager"
)
_NEAR = (
    "buurman|buurvrouw|buurjongen|buurmeisje|vriend|vriendin|vriendje|vriendinnetje|klasgenoot"
    "|klasgenote|cli[eë]nt|cli[eë]nte|stagiair|stagiaire"
)
_ADULT = "man|vrouw|dame|heer|bejaarde|bewoner|bewoonster|vluchteling|asielzoeker|statushouder"
_STAFF = "docent|docente|leraar|lerares|juf|meester|collega|mentor|trainer|speler|ouder"
_ONE = rf"(?:{_YOUNG}|{_KIN}|{_NEAR}|{_ADULT}|{_STAFF})(?![\w-])"

_A = r"(?:een|één|'n|1)"
_THE = r"(?:de|het|die|dat|deze|dit|(?:die|dat|de|het)\sene)"
_MINE = r"(?:mijn|m'n|mn|onze|ons|jouw|uw)"
_WHOSE = r"(?:zijn|z'n|haar|d'r)"
_DET = rf"(?:{_A}|{_THE}|{_MINE}|{_WHOSE})"
#: words between the article and the noun: "die lange, stille jongen"
_WORDS = r"(?:[^\W\d_]+,?\s){0,2}?"

_COLOURS = (
    "rode?|blauwe?|groene?|gele?|zwarte?|witte?|wit|paarse?|roze|oranje|bruine?|grijze?|beige"
    "|blonde?|lange?|korte?|donkere?|lichte?|grote?|kale|rossig|krullend|gekleurde?|nieuwe?|dure?"
)
_WORN = (
    "jas|jasje|jack|hoofddoek|hoofddoekje|niqab|boerka|sluier|keppel|keppeltje|tulband|petje|pet"
    "|muts|capuchon|hoodie|trui|shirt|t-shirt|vest|broek|rok|jurk|schoenen|sneakers|gympen"
    "|laarzen|sjaal|kufiya|keffiyeh|bril|zonnebril|baard|baardje|snor|tatoeage|tattoo|piercing"
    "|rugzak|tas|ketting|oorbel|oorbellen|beugel|litteken|krullen|vlecht|vlechten|dreads|staart"
    "|paardenstaart|scooter|fatbike|rolstoel|krukken|hoortoestel|autisme|adhd|stotter"
)
_LOOK = rf"(?:(?:{_COLOURS})\s)*(?:(?:{_WORN})|(?:{_COLOURS})\shaar)(?![\w-])"

_ORIGIN = (
    "syrische|turkse|koerdische|marokkaanse|somalische|eritrese|ethiopische|afghaanse|iraakse"
    "|iraanse|irakese|oekraïense|oekraiense|russische|poolse|bulgaarse|roemeense|joodse|islamitische"
    "|moslim|christelijke|hindoestaanse|molukse|surinaamse|antilliaanse|curaçaose|indonesische"
    "|indische|chinese|vietnamese|pakistaanse|indiase|israëlische|israelische|palestijnse"
    "|libanese|egyptische|algerijnse|tunesische|soedanese|nigeriaanse|ghanese|congolese|kaapverdische"
    "|afrikaanse|arabische|aziatische|armeense|jezidi|yezidi|alevitische|soennitische|sjiitische"
    "|donkere|zwarte|witte|blanke|buitenlandse|transgender|autistische|gehandicapte|zwangere"
)
_NATIONAL = (
    "syriër|syrische|turk|turkse|koerd|koerdische|marokkaan|marokkaanse|somaliër|eritreeër|afghaan"
    "|irakees|iraniër|oekraïner|rus|pool|jood|jodin|molukker|surinamer|antilliaan|chinees|pakistaan"
    "|israëliër|palestijn|egyptenaar|algerijn|soedanees|armeniër|jezidi|moslim|moslima"
)

#: "de man van de supermarkt" works there; everybody meets somebody like that
_WORKPLACE = (
    "markt|winkel|bibliotheek|bieb|zaak|bar|hal|club|vereniging|kantine|balie|receptie|garage|apotheek"
    "|kapsalon|bakkerij|slagerij|kiosk|toko|restaurant|cafe|café|hotel|politie|brandweer|ambulance"
    "|handhaving|beveiliging|bewaking|reiniging|schoonmaak|krant|omroep|radio|televisie|post|bus|trein"
    "|school|college|opvang|kinderopvang|thuiszorg|zorg|corporatie|stichting|organisatie|instelling"
    "|centrum|buurthuis|gemeente|bouw|stomerij|wasserette|bank|station|museum|theater|bioscoop|zwembad"
    "|sportschool|camping|telefoon|dienst|inloop|werkgroep|bewonersgroep|raad|voetbal|kerk|moskee|tempel"
)

_NUMBER = r"(?:[3-9]|[1-9]\d)"
_TEENS = (
    "zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien"
    "|negentien|twintig"
)
#: "14 tot 16", "4 havo", "14.00 uur", "2 kinderen", "12 mei": a number that is no age
_NO_AGE = (
    r"(?!\w)(?!\s?(?:tot|t/m|en\b|of\b|à|a\b|-|–|/|:|[.,]\d|%|uur|havo|vwo|vmbo|mavo|gymnasium"
    r"|atheneum|mbo|[a-h]\b|kinder|leerling|zoon|zonen|dochters|klas|januari|februari|maart|april"
    r"|mei|juni|juli|augustus|september|oktober|november|december))"
)
_AGE = (
    rf"(?:van\s(?:{_NUMBER}{_NO_AGE}|(?:{_TEENS})\b(?!\s(?:tot|kinder|leerling)))"
    rf"|,?\s?\(?\s?{_NUMBER}\s?(?:jaar|jr)\b|\(\s?{_NUMBER}\s?\))"
)
_GROUP = r"(?:mentor|eigen\s)?(?:klas|mentorklas|groep|mentorgroep|team|les)"
_STARTS = r"(?<![\w-])"

_DIGIT = r"(?:nul|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)"
_TWO_DIGITS = (
    r"(?:(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)(?:en|ën)(?:twintig|dertig|veertig"
    r"|vijftig|zestig|zeventig|tachtig|negentig)|tien|elf|twaalf|dertien|veertien|vijftien|zestien"
    r"|zeventien|achttien|negentien|twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig)"
)
_SAID = rf"(?:{_TWO_DIGITS}|{_DIGIT}|\d{{1,8}})"
_PAUSE = r"[\s,./-]{1,3}"

#: one letter with a full stop in front of these is a somebody; "groep B. is" is none
_NOT_A_NAME = (
    "".join(
        rf"(?<!{word}\s)"
        for word in ("groep", "klas", "plan", "blok", "hal", "lijn", "vak", "fase", "optie", "punt")
    )
    + r"(?<![\w.'’])"
)
_DOES = (
    "zegt|zei|is|was|doet|deed|heeft|had|wil|huilt|wordt|werd|gaat|ging|komt|kwam|praat|vertelt"
    "|vertelde|roept|riep|dreigt|bedreigt|filmt|filmde|durft|vecht|vocht|slaat|sloeg|pest|zit|zat"
)

_SINGLED_OUT = (
    # "een leerling van 14", "jongen (15)", "mijn dochter, 12 jaar"; a man or a parent needs
    # an article, because "14 man van 20" and "ouders" are groups
    (
        rf"(?:{_DET}\s{_WORDS})?(?:{_YOUNG}|{_KIN}|{_NEAR})(?![\w-])"
        rf"(?:\s(?:uit|in|van|bij)\s[^\W\d_]+\s[^\W\d_]+)?\s?{_AGE}"
    ),
    rf"{_DET}\s{_WORDS}(?:{_ADULT}|{_STAFF})(?![\w-])\s?{_AGE}",
    rf"{_DET}\s(?:{_NUMBER}|{_TEENS})\s?-?\s?jarige?\s{_WORDS}{_ONE}",
    rf"{_NUMBER}\s?-?\s?jarige?\s(?:{_YOUNG}|{_KIN})(?![\w-])",
    # "het meisje met de blauwe hoofddoek", "die jongen in een rode jas"
    rf"(?:{_DET}\s{_WORDS})?{_ONE}\s(?:met|in)\s(?:{_DET}\s)?{_LOOK}",
    # "die ene Syrische jongen", "een Joodse leerling"
    rf"(?:{_THE}|{_MINE})\s{_WORDS}(?:{_ORIGIN})\s{_WORDS}(?:{_ONE}|gezin)(?![\w-])",
    rf"{_A}\s{_WORDS}(?:{_ORIGIN})\s{_WORDS}(?:{_YOUNG})(?![\w-])",
    rf"(?:die|deze)\s(?:ene\s)?(?:{_NATIONAL})(?![\w-])",
    rf"(?:die|dat|de|het)\sene\s{_WORDS}(?:{_ONE}|gezin|familie|stel)(?![\w-])",
    # "mijn leerling", "zijn broer"; what is ours by work ("onze conciërge") is a role
    rf"{_MINE}\s(?:{_WORDS})(?:{_YOUNG}|{_KIN}|{_NEAR}|man|vrouw)(?![\w-])",
    (
        rf"{_WHOSE}\s(?:(?:oudere|jongere|oudste|jongste|grote|kleine)\s)?(?:{_KIN})(?![\w-])"
        # ... but not the verb: "de kinderen zijn opa en oma gaan halen"
        r"(?!\s(?:en|of)\s(?:vader|moeder|opa|oma)\b)"
    ),
    # "de zoon van de bakker"
    (
        rf"{_THE}\s(?:(?:oudste|jongste|oudere|jongere)\s)?(?:{_KIN}|{_NEAR}|vrouw|man)\svan\s"
        r"(?:de|het|een|die|dat|onze|mijn|zijn|haar)\s(?!(?:straat|dag|wedstrijd|rekening|gedachte"
        r"|meeste|school|wijk|buurt|stad|kerk|moskee|gemeente)\b)"
        rf"(?!(?:[^\W\d_]+\s)?[^\W\d_]*(?:{_WORKPLACE})\b)(?:[^\W\d_]+(?:se|s|sch)\s)?[^\W\d_]+"
    ),
    # "het meisje uit mijn mentorklas", "de jongen die naast de school woont"
    rf"{_THE}\s{_WORDS}{_ONE}\s(?:uit|in|van)\s{_MINE}\s{_GROUP}(?![\w-])",
    rf"{_THE}\s{_WORDS}{_ONE}\s(?:die|dat)\s(?:[^\s.!?]+\s){{0,5}}woont\b",
    rf"{_DET}\s{_WORDS}(?:{_ONE}|gezin|familie|mensen|bewoners)\s(?:van|op)\s(?:nummer|nr\.?|huisnummer)\s\d",
)

_INITIAL = (
    # "M. uit mijn klas", "K. zegt", "A. en B. vechten"
    (
        rf"{_NOT_A_NAME}[A-Z]\.(?:\s?[A-Z]\.){{0,2}},?\s(?:uit|van)\s(?:mijn|m'n|onze|de|mn|klas|groep"
        r"|[1-6]\s?-?[a-zA-Z])"
    ),
    rf"{_NOT_A_NAME}[A-Z]\.(?:\s?[A-Z]\.){{0,2}}\s(?:{_DOES})(?![\w.])",
    rf"{_NOT_A_NAME}[A-Z]\.?\s(?:en|of)\s[A-Z]\.(?=\s[a-z])",
    rf"{_NOT_A_NAME}[A-Za-z]\.?\suit\s(?:mijn|m'n|mn|onze)\s",
    rf"(?<![\w-])(?i:{_YOUNG}|{_KIN}|{_NEAR})\s[A-Z]\b(?![\w'’-])",
)

_SPELLED_NUMBER = (
    (
        rf"{_STARTS}(?:(?:nul|0|o)[\s,.-]*(?:zes|6)|(?:plus|\+)\s?(?:eenendertig|éénendertig|31))"
        rf"(?:{_PAUSE}{_SAID}(?!\w)){{3,8}}"
    ),
    rf"{_STARTS}{_DIGIT}(?:{_PAUSE}{_DIGIT}(?!\w)){{7,11}}",
    r"(?<!\w)o6[\s./-]{0,2}(?:\d[\s./-]{0,2}){7}\d(?!\d)",
)
_SPELLED_MAIL = (
    rf"{_STARTS}[\w.-]+\s(?:apenstaartje|apestaartje|at)\s[\w-]+(?:\s(?:punt|dot)\s|\.)"
    r"(?:nl|com|org|net|eu|be|de)(?!\w)"
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Made for the first text: all of them take a fiftieth of a second of a start."""
    return (
        *(("PERSOON", re.compile(_STARTS + one, re.IGNORECASE)) for one in _SINGLED_OUT),
        *(("PERSOON", re.compile(one)) for one in _INITIAL),
        *(("TEL", re.compile(one, re.IGNORECASE)) for one in _SPELLED_NUMBER),
        ("EMAIL", re.compile(_SPELLED_MAIL, re.IGNORECASE)),
    )


def find_singled_out(text: str) -> Iterator[Span]:
    """Spans that point at one person without a name, and numbers that are spelled out."""
    for label, pattern in _patterns():
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), label)

"""Dutch texts of the outbox: what is filled in for a recipient, and what a coördinator hears."""

from __future__ import annotations

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

#: in the place of sealed words whose key is lost
SHUT = "Deze tekst gaat niet meer open: de sleutel waarmee hij verzegeld is, is weg."
#: for an organisation that did not name its intern aanspreekpunt: whom to go to then
OWN_INTERNAL_CONTACT = "iemand van de leiding, of wie over zorg gaat"

#: first lines of a chat message, and what goes before the subject of a mail
EXERCISE = "OEFENING"
EXERCISE_LINE = "<b>OEFENING</b>"
REPEAT_LINE = "(herhaling)"
#: the same news by another channel is no repetition; it says what it is
FALLBACK_LINE = "(ook via dit kanaal, voor het geval u het nog niet had)"
BACKUP_LINE = "(u krijgt dit als vervanger: daar reageerde nog niemand)"
EXERCISE_SUBJECT = "OEFENING · "
REPEAT_SUBJECT = "(herhaling) "
#: at the end of a mail that one may do without
UNSUBSCRIBE_TEXT = "Geen e-mail meer van ons? {link}"
UNSUBSCRIBE_HTML = 'Geen e-mail meer van ons? <a href="{link}">Afmelden</a>'
#: at the end of a text by mail, where answers are read
ANSWER_LINE = (
    "Merkt u iets? U kunt ook op deze mail antwoorden: een paar zinnen over de groep, zonder "
    "namen. Hebt u een vraag of een goed voorbeeld? Begin dan met “Vraag:” of “Voorbeeld:”."
)
BACKUP_SUBJECT = "(vervanger) "

#: our answer to a reply by mail; the first one where nobody reads what comes back
REPLY_SUBJECT = "Over uw mail"
TEXT_REPLY_SUBJECT = "Over uw antwoord"
REPLY_LINES = (
    "Dank u wel. Wij weten nu dat ons bericht is aangekomen.",
    "Wij bewaren de tekst van deze mail niet.",
)
#: why the words of an answer were not kept, as the writer is told
REPLY_REFUSED = {
    "person": (
        "Uw mail lijkt over een persoon te gaan, of bevat een naam, nummer of adres. "
        "Wij hebben niets bewaard. Zorgen over één persoon? Ga naar het aanspreekpunt binnen uw "
        "organisatie. Beschrijf gerust opnieuw wat u in de groep merkt, in een antwoord op deze "
        "mail."
    ),
    "long": (
        "Uw mail is te lang: wij lezen hooguit 280 tekens. Wij hebben niets bewaard. "
        "Schrijf kort wat u in de groep merkt, in een antwoord op deze mail."
    ),
    "files": (
        "Bijlagen openen wij niet. Wij hebben niets bewaard. Beschrijf kort wat u merkt, in een "
        "antwoord op deze mail."
    ),
}
#: to what is no text about an event: an invitation, a reminder, a message to a group
REPLY_UNREAD = (
    "Niemand leest wat u terugschreef. Wilt u antwoorden? Gebruik de link in ons bericht, of bel "
    "de gemeente."
)
REPLY_PAGE = "Wilt u iets melden? Dat kan op de pagina van uw organisatie: %%LINK%%"
REPLY_URGENT = "Is er gevaar? Bel 112."

#: by what is wrong: a title and a line about mails that are left for a person; whoever looks sees
#: them in the mailbox itself
_UNREADABLE = (
    "Schakel kon {what} niet lezen of verwerken. Wat niet gelezen is, staat met een vlag in de "
    "mailbox voor antwoorden. Kijk daar wat erin staat."
)
_UNMATCHED = (
    "Schakel weet niet bij welk bericht {what}, en heeft er niets mee gedaan. Kijk in de mailbox "
    "voor antwoorden: wat daar een vlag heeft, heeft nog niemand gelezen."
)
_ELSEWHERE = (
    "Schakel kreeg {what} terug van een ander adres dan waar wij naartoe schreven: waarschijnlijk "
    "stuurt een ontvanger zijn mail door. Er is niets gesloten. Kijk in de mailbox voor antwoorden "
    "om wie het gaat, en vraag of ons bericht is gelezen."
)
_UNCLEAR = (
    "Een mailserver schreef {what} over een bericht van ons, in woorden die Schakel niet kan "
    "lezen: misschien kwam het bericht niet aan. Kijk in de mailbox voor antwoorden, daar staat "
    "dit met een vlag, en bel zo nodig."
)
LEFT_MAILS = {
    "elsewhere": (
        ("1 mail kwam op een ander adres niet aan", "{n} mails kwamen op een ander adres niet aan"),
        (_ELSEWHERE.format(what="1 mail"), _ELSEWHERE.format(what="{n} mails")),
    ),
    "unclear": (
        ("1 mail van een mailserver wacht op u", "{n} mails van mailservers wachten op u"),
        (_UNCLEAR.format(what="1 mail"), _UNCLEAR.format(what="{n} mails")),
    ),
    "unreadable": (
        ("1 mail is niet te lezen", "{n} mails zijn niet te lezen"),
        (_UNREADABLE.format(what="1 mail"), _UNREADABLE.format(what="{n} mails")),
    ),
    "unmatched": (
        ("1 antwoord per mail wacht op u", "{n} antwoorden per mail wachten op u"),
        (
            _UNMATCHED.format(what="1 antwoord per mail hoort"),
            _UNMATCHED.format(what="{n} antwoorden per mail horen"),
        ),
    ),
}
LEFT_MAILS_TITLE = "{n} mails wachten op u"

#: instead of a name, for who was erased
ERASED_NAME = "Verwijderd contact"

CHANNELS = {"telegram": "Telegram", "email": "E-mail"}

#: (one, several) by what happened; ``{n}`` is the number
FAILURES = {
    "refused": (
        "1 bericht is geweigerd. Het adres of de chat neemt het niet aan.",
        "{n} berichten zijn geweigerd. De adressen of chats nemen ze niet aan.",
    ),
    "exhausted": (
        "1 bericht is na meer pogingen niet verstuurd.",
        "{n} berichten zijn na meer pogingen niet verstuurd.",
    ),
    "unknown": (
        "1 bericht is onzeker: misschien kwam het aan. Schakel stuurt het niet zelf opnieuw.",
        "{n} berichten zijn onzeker: misschien kwamen ze aan. Schakel stuurt ze niet opnieuw.",
    ),
    "halted": (
        "1 bericht is gestopt: de tekst wordt niet aangenomen. Niemand krijgt dit verder.",
        "{n} berichten zijn gestopt: de tekst wordt niet aangenomen. Niemand krijgt dit verder.",
    ),
    "exercise_guard": (
        "1 bericht is tegengehouden: oefening en echt mogen niet door elkaar lopen.",
        "{n} berichten zijn tegengehouden: oefening en echt mogen niet door elkaar lopen.",
    ),
    "impossible": (
        "1 bericht kon voor dit kanaal niet gemaakt worden.",
        "{n} berichten konden voor dit kanaal niet gemaakt worden.",
    ),
    "unserved": (
        "1 bericht wacht op een kanaal dat niet is ingesteld. Het gaat niet weg.",
        "{n} berichten wachten op een kanaal dat niet is ingesteld. Ze gaan niet weg.",
    ),
    "old_text": (
        "Bij 1 ontvanger staat de oude tekst misschien nog in de chat. Die is niet te wijzigen.",
        "Bij {n} ontvangers staat de oude tekst misschien nog in de chat. Die is niet te wijzigen.",
    ),
    "bounced": (
        "1 mail kwam terug.",
        "{n} mails kwamen terug.",
    ),
}
REPLACED = ("Voor 1 is een ander kanaal gepland.", "Voor {n} is een ander kanaal gepland.")
FAILURES_TITLE = ("1 bericht vraagt aandacht", "{n} berichten vragen aandacht")
THERE_ALREADY = (
    "1 lezer heeft deze tekst al via een ander kanaal.",
    "{n} lezers hebben deze tekst al via een ander kanaal.",
)
NOT_REACHED = "Niet iedereen bereikt bij: {names}."
ABOUT = "Het gaat om: {subjects}."
#: the next round of following up puts them there
SOON_LISTED = (
    "Wie niet op een andere manier te bereiken is en geen nieuwere tekst kreeg, staat zo op de "
    "bellijst."
)
CALLS_OF = "Bellijst: {subject}"
OLD_TEXT = "De oude tekst staat misschien nog bij: {names}. Vertel hun wat er fout was."
#: the way back is sealed; the organisation is known
ANSWER_LOST = (
    "Een bericht over een signaal kwam niet aan bij: {names}. Vertel het die organisatie zelf."
)
AND_MORE = "{names} en nog {n}"
SHOW_UNKNOWN = "Bekijk de onzekere"

PAUSE_TITLE = "{channel} reageert niet"
PAUSE = "{channel} werkt niet sinds {since} uur. Reden: {reason}. {waiting}. {advice}"
PAUSE_OVER_TITLE = "{channel} werkt weer"
PAUSE_OVER = (
    "{channel} werkt weer. Het lag stil sinds {since} uur. De wachtende berichten gaan nu weg."
)

CALL_LIST_TITLE = ("Bellijst: 1 organisatie erbij", "Bellijst: {n} organisaties erbij")
_CALL_LIST = (
    "Van {who} kwam geen reactie, of het bericht kwam niet aan: ook niet via een ander kanaal of "
    "de vervanger, waar die er is. Bel: {{names}}."
)
CALL_LIST = (
    _CALL_LIST.format(who="1 organisatie"),
    _CALL_LIST.format(who="{n} organisaties"),
)
OPEN_CALLS = "Open de bellijst"

STILL_HALTED_TITLE = ("Nog gestopt: 1 dringend bericht", "Nog gestopt: {n} dringende berichten")
STILL_HALTED = (
    "1 dringend bericht staat nog stil. Laat het doorgaan, of zeg het af en bel.",
    "{n} dringende berichten staan nog stil. Laat ze doorgaan, of zeg ze af en bel.",
)


def counted(forms: tuple[str, str], n: int, **values: str) -> str:
    """The sentence for one, or for several."""
    return forms[0 if n == 1 else 1].format(n=n, **values)


def telt(n: int, one: str, several: str) -> str:
    """``1 organisatie``, ``3 organisaties``; a filter in the templates. Pure."""
    return f"{n} {one if n == 1 else several}"


def listed(names: list[str], *, at_most: int = 12) -> str:
    """Names with commas; the rest as a number."""
    shown = ", ".join(names[:at_most])
    rest = len(names) - at_most
    return shown if rest <= 0 else AND_MORE.format(names=shown, n=rest)


#: under the words of a message whose file could not be made
NO_DOCUMENT = "Het bestand kon nu niet worden gemaakt. De tekst staat op uw pagina, achter de knop."

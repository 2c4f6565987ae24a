"""Dutch texts of the watch: why a source fails, and why the machine thinks what it thinks."""

from __future__ import annotations

#: how it is with a source that is not read
PAUSED = "pauze"
LEFT = "niet meer in de configuratie, wordt niet gelezen"
#: what is wrong with a source, by the key in ``Source.error``
FAULTS = {
    "unknown": "Er ging iets mis dat wij niet herkennen.",
    "unreachable": "De bron is niet te bereiken.",
    "timeout": "De bron antwoordt te langzaam.",
    "too_big": "Het antwoord is te groot.",
    "private_address": "Het adres wijst naar een intern netwerk. Dat lezen wij niet.",
    "bad_address": "Het adres van de bron klopt niet.",
    "redirects": "De bron stuurt te vaak door.",
    "gone": "De bron bestaat niet meer op dit adres.",
    "removed": "De bron zegt dat hij voorgoed weg is.",
    "refused": "De bron weigert ons de toegang.",
    "busy": "De bron vraagt ons om te wachten.",
    "server": "De bron heeft zelf een storing.",
    "bad_encoding": "Het antwoord is niet uit te pakken.",
    "html": "Op dit adres staat een webpagina in plaats van een feed.",
    "empty": "De feed bevat geen berichten.",
    "too_hard": "De feed is zo gemaakt dat lezen te veel tijd kost.",
    "broken": "De feed is niet te lezen.",
}

GENERAL_TYPE = "gebeurtenis"
#: types that a machine never proposes: there are no words for them in the lexicon
TYPES_BY_HAND = {"E11Z": ("overlijden, met zorg (samen met de GGD)", "zelfdoding")}
UNTITLED = "(zonder titel)"
BY_HAND_SOURCE = "met de hand gemeld"
HIDDEN_NAME = "[naam]"

#: warnings in CAP
CAP_WITHDRAWN = "Waarschuwing ingetrokken"
CAP_AREA = "Gebied: {area}."
CAP_SEVERITY = "Ernst volgens de afzender: {severity}."
CAP_SEVERITIES = {"Extreme": "zeer groot", "Severe": "groot", "Moderate": "matig", "Minor": "klein"}

#: reasons of one item
QUOTE = ": “"
FEATURE = "{name}: “{shown}”"
#: the same as somebody reads them; a section is where it stood, not what it says
SEEN = "{name}, want er staat “{shown}”"
SECTION, IN_SECTION = "rubriek", "staat in de rubriek “{shown}”"
LIMIT = "{name}: “{shown}”, daarom hoogstens ernst {limit}"
DROPPED = "{name}: “{shown}”, telt niet mee"
FLOORS = {
    "local_touching": "dicht bij kinderen, een school of een gebedshuis: minstens ernst 3",
    "local_terror": "aanhouding voor terrorisme dichtbij: minstens ernst 4",
    "attack_here": "aanslag in Nederland: minstens ernst 4",
    "attack_elsewhere": "aanslag elders in Nederland: minstens ernst 3",
    "official_local": "officiële bron over de stad: minstens ernst 3",
}
CEILING_ABROAD = "buitenland: de machine gaat niet boven ernst {limit}"
NOTHING = "geen kenmerken die iets wegen"
BASE = "uitgangspunt voor elk bericht"
NO_EVENT = "er wordt geen gebeurtenis genoemd"
SMALL_THINGS = "kleine kenmerken samen"
#: of nearly all news from here, as the lexicon names it, and as events of before keep it
HERE = "gaat over Nederland"
HERE_BEFORE = "niets wijst op het buitenland"

#: reasons of an event
SECOND_NEWSROOM = "tweede redactie binnen {minutes} min"
MORE_NEWSROOMS = "{count} redacties binnen {minutes} min"
OFFICIAL = "ook van officiële kant: {source}"
GROWING = "{count} berichten in {hours} uur"
NEW_SUBJECT = "nieuw onderwerp"
FAMILIAR = "lopend onderwerp: {count} eerdere berichten"
ECHO_TODAY = "over dit onderwerp ging nog geen dag geleden al een melding uit"
ECHO = (
    "over dit onderwerp ging een dag geleden al een melding uit",
    "over dit onderwerp ging {n} dagen geleden al een melding uit",
)
FOLLOWS_TODAY = "vervolg op een melding van nog geen dag geleden"
FOLLOWS = (
    "vervolg op een melding van een dag geleden",
    "vervolg op een melding van {n} dagen geleden",
)
AFTERMATH = "nasleep of uitleg: “{shown}”"
AT_MOST = "samen komt er hoogstens {most} bij"
NEW_SECTION = "de redactie opende hiervoor een rubriek: {section}"
#: where the words of a reason stand in its report
IN_TITLE = "kop"
IN_LEAD = "in de inleiding"
PARTLY_IN_LEAD = "deels in de inleiding"
NOT_IN_TITLE = "niet in de kop"
PARTLY_IN_TITLE = "niet alles in de kop"
READ_IN = "{reason} ({where})"
#: how a reason begins that only repeats the kind of event
KIND_MARK = "soort: "
#: a reason that speaks against
LIGHTER = "dit maakt het lichter: {reason}"
BY_HAND = "met de hand gestart"

#: ``schakel feeds explain``
EXPLAIN_ITEM = "Ernst {severity} · {source} · {title}"
EXPLAIN_EARLIER = "eerdere titel: {title}"
EXPLAIN_EVENT = "hoort bij gebeurtenis {id} (ernst {severity}): {title}"
EXPLAIN_SAME = "met de gewichten van vandaag: hetzelfde"
EXPLAIN_TODAY = "met de gewichten van vandaag: ernst {today} (toen {then}); dit telt anders:"
EXPLAIN_CHANGE = "{text} (toen {then}, nu {today})"
EXPLAIN_READ_IN = "(uit: {title}, {source}, {at})"
EXPLAIN_NO_LEAD = "de inleiding is niet meer bewaard: alleen de kop is gewogen"
EXPLAIN_NO_EVENT = "hoort bij geen gebeurtenis"
EXPLAIN_ROUNDUP = "overzicht of liveblog: telt niet mee voor een gebeurtenis"

#: What every news item has in common, so that only the difference counts. Plain sentences of our
#: own about all kinds of things; the model sees nearly the same in each.
ORDINARY_NEWS = (
    "De gemeenteraad stemt vanavond over de begroting van volgend jaar.",
    "Trein rijdt niet door storing aan de bovenleiding, reizigers wachten op bussen.",
    "Club wint met twee doelpunten verschil en gaat door naar de volgende ronde.",
    "Minister wil nieuwe regels voor huurwoningen, oppositie is kritisch.",
    "Zonnig weer in het weekend, daarna kans op regen en onweer.",
    "Man aangehouden na vechtpartij in het centrum, politie zoekt getuigen.",
    "Bedrijf maakt minder winst door hogere kosten en schrapt banen.",
    "President spreekt met bondgenoten over de oorlog en over steun.",
    "Onderzoek: kinderen lezen minder boeken dan tien jaar geleden.",
    "Zanger treedt op voor volle zaal en kondigt nieuw album aan.",
    "Brand in schuur snel onder controle, niemand gewond.",
    "Rechter legt celstraf op voor overval op winkel.",
    "Ziekenhuis opent nieuwe afdeling en zoekt personeel.",
    "Duizenden mensen demonstreren op het plein voor een ander beleid.",
    "Aardbeving treft dorpen in de bergen, reddingswerkers zoeken overlevenden.",
    "Prijzen in de supermarkt stijgen opnieuw, blijkt uit cijfers.",
)

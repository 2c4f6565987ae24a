"""Dutch texts of ``schakel feeds check|import|export``."""

HELP_CHECK = (
    "Kijk één keer naar elke bron, of naar deze adressen: leesbaar, nieuwste bericht, datums, taal."
    " Er wordt niets opgeslagen."
)
HELP_URLS = "Adressen van feeds; zonder adres alle bronnen uit config.toml en de database."
HELP_IMPORT = "Lees een lijst met feeds van een ander programma (OPML) in als bronnen."
HELP_EXPORT = "Schrijf alle bronnen als OPML, voor een ander programma."
HELP_OPML = "Bestand met een lijst feeds (OPML)."
HELP_TRUST = "Wat deze bronnen waard zijn: officieel, regionaal, landelijk of secundair."
HELP_PREVIEW = "Toon wat er zou gebeuren en bewaar niets."
METAVAR_URL = "ADRES"
METAVAR_TRUST = "SOORT"

GOOD = "✔ {name}: {items} berichten, {newest}"
BAD = "✗ {name}: {why}"
NEWEST = "nieuwste {at}"
OLD = "nieuwste {at}, dat is {days} dagen oud"
NO_DATES = "geen datums"
UNREAD_DATES = "  1 datum is niet te lezen", "  {n} datums zijn niet te lezen"
UNDATED = (
    "  1 bericht zonder datum; het moment van lezen telt dan",
    "  {n} berichten zonder datum; het moment van lezen telt dan",
)
MOVED = "  voorgoed verhuisd naar {address}"
HUB = "  stuurt nieuws zelf door (WebSub): {hub}"
KIND = "  soort: {trust}, bereik: {reach}"
KIND_OFFICIAL = "  soort: officieel"
LANGUAGES = {"nl": "Nederlands", "en": "Engels", "de": "Duits", "fr": "Frans"}
LANGUAGE = "  taal: {language}"
UNKNOWN_LANGUAGE = "  taal: niet duidelijk"
NOT_DUTCH = "  taal: {language}; de woordenlijsten zijn Nederlands, dus Schakel vindt hier weinig"
SOME_BAD = (
    "1 van {total} bronnen is niet te lezen.",
    "{n} van {total} bronnen zijn niet te lezen.",
)

ADDED = "+ {key} · {name}"
ALREADY = "= {name}: staat er al"
IMPORTED = "{added} bronnen erbij, {known} stonden er al. Kijk ze na met schakel feeds check."
PREVIEW = "Dit was een proef: er is niets bewaard."
BAD_OPML = "Dit is geen lijst met feeds (OPML) die veilig te lezen is: {path}"
EMPTY_OPML = "In dit bestand staat geen enkele feed."
TITLE = "Bronnen van Schakel"

"""Dutch sentences of the configuration: what is wrong, where, and what to do."""

NO_FILE = "{path} is er niet. Maak het met: schakel init"
NOT_TOML = "{path} is geen geldige TOML: {detail}. Verbeter die regel."
UNREADABLE = "{path} kan niet gelezen worden: {detail}."
UNKNOWN_KEY = "{section} {key}: deze sleutel ken ik niet.{near} Haal hem weg of verbeter hem."
NEAREST = " Bedoelt u {name}?"
WRONG_VALUE = "{section} {key}: {problem} Nu staat er: {value}"
SECRET_IN_FILE = (
    "[{section}] {key}: een geheim hoort niet in het bestand. Zet het in {name} of {name}_FILE."
)
SECRET_FILE = "{name}_FILE wijst naar {path}, en dat bestand kan niet gelezen worden."
OBSOLETE = "[{section}] {key}: {advice}"
ESCALATE_PER_SEVERITY = (
    "heet nu silence_min, met vijf getallen: één per ernst. Zoals eerst is [0, 0, 0, 60, 60]."
)
BAD_KEY = "De sleutel in {place} is geen geldige sleutel. Haal hem niet weg: herstel hem."
KEY_FILE = "{path} kan niet gelezen of gemaakt worden. Controleer de rechten van die map."
TOP = "bovenaan"
NUMBERED = "[{section}] nummer {number}:"
BAD_DATABASE = "[database] url: dit adres werkt niet. Begin met {drivers}."
BAD_ADDRESS = "[{section}] {key}: een adres begint met http:// of https://. Nu staat er: {value!r}"
BAD_BOT_NAME = (
    "[telegram] bot_name: schrijf de gebruikersnaam zonder @ en zonder spaties, zoals stad_bot. "
    "Nu staat er: {value!r}"
)
MAIL_NEEDS_FROM = (
    "[mail] from_address: vul de afzender in, of maak [mail] host leeg als er geen e-mail is."
)
BAD_MAIL_ADDRESS = (
    "[mail] {key}: schrijf alleen het adres, zoals schakel@stad.example: zonder naam, zonder "
    "spaties en zonder letters met accenten. Heeft de domeinnaam zo'n letter? Schrijf de vorm die "
    "met xn-- begint. Nu staat er: {value!r}"
)
IMAP_NEEDS_ADDRESS = (
    "[mail] reply_address: vul het adres van de postbus in, of maak [mail] imap_host leeg."
)
BAD_ISSUER = (
    "[sign_in] issuer: geef het adres van de aanbieder, met https:// ervoor. Nu staat er: {value!r}"
)
SIGN_IN_NEEDS_CLIENT = "[sign_in] client_id: vul in hoe Schakel bij de aanbieder heet."
SIGN_IN_NEEDS_TLS = (
    "[web] base_url: aanmelden met een gemeente-account kan alleen als de pagina's op een adres "
    "met https:// staan."
)
PASSKEY_NEEDS_NAME = (
    "[sign_in] passkey: dit kan alleen als [web] base_url een naam heeft en met https:// begint "
    "(of http://localhost is)."
)
PASSKEY_NEEDS_LIBRARY = (
    "[sign_in] passkey: de bibliotheek ontbreekt. Plaats haar: pip install 'schakel[passkey]'."
)
SIGN_IN_NO_WAY = (
    "[sign_in] link: zonder link en zonder issuer kan niemand zich aanmelden. Vul issuer in, of "
    "zet link op true."
)
MOMENT_NEEDS_ONE = "[calendar.moments] {key}: vul on of feast in, en niet allebei."
DOUBLE_KEY = "[[{section}]] key: {key!r} staat er twee keer. Geef elk een eigen naam."
BAD_WEBHOOK = (
    "[[webhooks]] {key}: url {value!r} kan niet. Geef een adres dat met https:// begint "
    "(http mag alleen op deze computer zelf)."
)

WEBHOOK_NEEDS_HTTPS = (
    "[telegram] webhook kan niet met [web] base_url {value!r}. Telegram brengt berichten alleen "
    "naar een adres dat met https:// begint."
)

WEBHOOK_OUT_OF_REACH = (
    "[telegram] webhook kan niet met [web] base_url {value!r}: daar kan Telegram niet bij. Geef "
    "een adres dat met https:// begint en van buiten te bereiken is, op poort 443, 80, 88 of 8443. "
    "Of zet webhook op false: dan vraagt Schakel zelf om berichten."
)
HOSTS_NEED_POSTGRESQL = (
    "[database] several_hosts kan alleen met PostgreSQL. Verhuis eerst: schakel move-database."
)
SEMANTIC_NEEDS_LIBRARY = (
    "[feeds] similarity: voor betekenis ontbreekt de bibliotheek. Plaats haar met make semantic of "
    "pip install 'schakel[semantic]' (alleen Linux op x86-64), of kies woorden."
)
HOSTS_NEED_LIBRARY = (
    "[database] several_hosts vraagt om een extra onderdeel. Installeer schakel met de extra hosts."
)

PROBLEMS = {
    "missing": "dit moet ingevuld zijn.",
    "int_parsing": "dit moet een geheel getal zijn.",
    "int_type": "dit moet een geheel getal zijn.",
    "int_from_float": "dit moet een geheel getal zijn.",
    "float_parsing": "dit moet een getal zijn.",
    "float_type": "dit moet een getal zijn.",
    "bool_parsing": "dit moet true of false zijn.",
    "bool_type": "dit moet true of false zijn.",
    "string_type": "dit moet tekst tussen aanhalingstekens zijn.",
    "string_too_long": "dit is te lang (hooguit {max_length} tekens).",
    "string_too_short": "dit is te kort.",
    "string_pattern_mismatch": "dit heeft niet de goede vorm.",
    "greater_than": "dit moet meer zijn dan {gt}.",
    "greater_than_equal": "dit moet minstens {ge} zijn.",
    "less_than": "dit moet minder zijn dan {lt}.",
    "less_than_equal": "dit mag hooguit {le} zijn.",
    "literal_error": "kies uit: {expected}.",
    "enum": "kies uit: {expected}.",
    "date_from_datetime_parsing": "dit moet een datum zijn, zoals 2026-03-01.",
    "date_parsing": "dit moet een datum zijn, zoals 2026-03-01.",
    "date_type": "dit moet een datum zijn, zoals 2026-03-01.",
    "date_from_datetime_inexact": "dit moet een datum zonder tijd zijn, zoals 2026-03-01.",
    "time_parsing": "dit moet een tijd zijn, zoals 20:30:00.",
    "time_type": "dit moet een tijd zijn, zoals 20:30:00.",
    "path_type": "dit moet tekst tussen aanhalingstekens zijn.",
    "list_type": "dit moet een lijst zijn.",
    "finite_number": "dit moet een gewoon getal zijn.",
    "model_attributes_type": "dit moet een blok met sleutels zijn.",
    "model_type": "dit moet een blok met sleutels zijn.",
}
OTHER_PROBLEM = "dit klopt niet."
EMPTY = "(leeg)"

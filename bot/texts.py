"""Dutch sentences of the configuration: what is wrong, where, and what to do."""

NO_FILE = "{path} is er niet. Maak het met: schakel init"
NOT_TOML = "{path} is geen geldige TOML: {detail}. Verbeter die regel."
UNREADABLE = "{path} kan niet gelezen worden: {detail}."
UNKNOWN_KEY = "[{section}] {key}: deze sleutel ken ik niet.{near} Haal hem weg of verbeter hem."
NEAREST = " Bedoelt u {name}?"
WRONG_VALUE = "[{section}] {key}: {problem} Nu staat er: {value}"
SECRET_IN_FILE = (
    "[{section}] {key}: een geheim hoort niet in het bestand. Zet het in {name} of {name}_FILE."
)
SECRET_FILE = "{name}_FILE wijst naar {path}, en dat bestand kan niet gelezen worden."
OBSOLETE = "[{section}] {key}: {advice}"
BAD_KEY = "De sleutel in {place} is geen geldige sleutel. Haal hem niet weg: herstel hem."

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
    "time_parsing": "dit moet een tijd zijn, zoals 20:30.",
    "list_type": "dit moet een lijst zijn.",
    "model_type": "dit moet een blok met sleutels zijn.",
}
OTHER_PROBLEM = "dit klopt niet."
EMPTY = "(leeg)"

"""Dutch of the list as a file, on the command line."""

HELP_EXPORT_LIST = "Schrijf alle contacten naar een bestand (.csv, .xlsx of .vcf)."
HELP_EXAMPLE = "Schrijf een voorbeeld van een lijst (.csv), met de wijken van uw stad."
HELP_EXAMPLE_FILE = "Waar het voorbeeld komt, zoals voorbeeld.csv."
EXAMPLE_EXISTS = "{path} is er al. Kies een andere naam; Schakel schrijft nergens overheen."
EXAMPLE_WRITTEN = (
    "{path}: een verzonnen lijst met de kolommen die Schakel kent, en wijken van {city}. "
    "Vervang de regels door uw eigen mensen."
)
EXAMPLE_OTHER_CITY = (
    "Let op: uw stad heet {city} ([briefings] city), maar de wijken zijn die van {places} "
    "([feeds] place)."
)
HELP_UNDO = "Draai het laatste inlezen terug."
EXPORTED = (
    "1 contact in {path}. Er staat een adres in; bewaar het niet langer dan nodig.",
    "{n} contacten in {path}. Er staan adressen in; bewaar het niet langer dan nodig.",
)
NO_SUCH_KIND = "Kies een naam die eindigt op .csv, .xlsx of .vcf."
NOTHING_TO_UNDO = "Er is niets terug te draaien. Dat kan een week lang."
UNDONE = "Teruggedraaid: 1 gegeven.", "Teruggedraaid: {n} gegevens."
IMPORTING = "Inlezen"

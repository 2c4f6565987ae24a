"""Dutch of ``schakel feeds gazetteer``."""

HELP_GAZETTEER = "Kijk een plaatsenlijst na: dubbele en dubbelzinnige namen, wat ontbreekt."
HELP_PLACE = "arnhem, utrecht of een bestand; zonder naam de lijst uit de configuratie."
METAVAR_PLACE = "PLAATSENLIJST"

HEAD = "{city} ({path}): {wijken} wijken, {terms} zoektermen"
UNCHECKED = "Te controleren: {wijken} wijken, {terms} zoektermen."
RIGHT = "Geen fouten gevonden."
#: by the value of feeds.gazetteer_check.Fault: a page of help does not load the database
FINDINGS = {
    "double": "Fout: “{what}” staat er meer dan één keer ({where}).",
    "double_code": "Fout: code {what} hoort bij meer dan één wijk ({where}).",
    "bad_code": "Fout: {what} is geen code van het CBS ({where}).",
    "other_city": "Fout: {what} is een wijk van een andere gemeente ({where}).",
    "no_terms": "Fout: wijk {what} heeft geen zoektermen.",
    "no_names": "Fout: {what} heeft geen zoektermen.",
    "ambiguous": "Kijk na: “{what}” ({where}) is ook een gewoon woord; zet het bij ambigu.",
    "unused": "Kijk na: “{what}” staat bij ambigu, maar nergens als plaats.",
    "no_shape": "Kijk na: wijk {where} ({what}) heeft geen vlak op de kaart.",
    "no_map": "Kijk na: van {what} is er nog geen kaart.",
    "no_wijk": "Kijk na: {what} staat op de kaart en niet in de lijst.",
}
NO_FILE = "Er is geen plaatsenlijst “{place}”. Meegeleverd zijn: {shipped}."
BAD_FILE = "{path} is geen goede plaatsenlijst: {why}."

"""Dutch of ``schakel feeds gazetteer``."""

from feeds.gazetteer_check import Fault

HELP_GAZETTEER = "Kijk een plaatsenlijst na: dubbele en dubbelzinnige namen, wat ontbreekt."
HELP_PLACE = "arnhem, utrecht of een bestand; zonder naam de lijst uit de configuratie."
METAVAR_PLACE = "PLAATSENLIJST"

HEAD = "{city} ({path}): {wijken} wijken, {terms} zoektermen"
UNCHECKED = "Te controleren: {wijken} wijken, {terms} zoektermen."
RIGHT = "Geen fouten gevonden."
FINDINGS = {
    Fault.DOUBLE: "Fout: “{what}” staat er meer dan één keer ({where}).",
    Fault.DOUBLE_CODE: "Fout: code {what} hoort bij meer dan één wijk ({where}).",
    Fault.BAD_CODE: "Fout: {what} is geen code van het CBS ({where}).",
    Fault.OTHER_CITY: "Fout: {what} is een wijk van een andere gemeente ({where}).",
    Fault.NO_TERMS: "Fout: wijk {what} heeft geen zoektermen.",
    Fault.NO_NAMES: "Fout: {what} heeft geen zoektermen.",
    Fault.AMBIGUOUS: "Kijk na: “{what}” ({where}) is ook een gewoon woord; zet het bij ambigu.",
    Fault.UNUSED: "Kijk na: “{what}” staat bij ambigu, maar nergens als plaats.",
    Fault.NO_SHAPE: "Kijk na: wijk {where} ({what}) heeft geen vlak op de kaart.",
    Fault.NO_MAP: "Kijk na: van {what} is er nog geen kaart.",
    Fault.NO_WIJK: "Kijk na: {what} staat op de kaart en niet in de lijst.",
}
NO_FILE = "Er is geen plaatsenlijst “{place}”. Meegeleverd zijn: {shipped}."
BAD_FILE = "{path} is geen goede plaatsenlijst: {why}."

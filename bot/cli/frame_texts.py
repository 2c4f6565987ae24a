"""Dutch of the frame around every command: what the library itself says, in English."""

#: (English pattern, Dutch) in a page of help
HELP = (
    (r"^Usage: ", "Gebruik: "),
    (r"\[OPTIONS\] COMMAND \[ARGS\]\.\.\.", "[OPTIES] OPDRACHT [WAARDEN]..."),
    (r"\[OPTIONS\]", "[OPTIES]"),
    (r"^Options:$", "Opties:"),
    (r"^Arguments:$", "Waarden:"),
    (r"^Commands:$", "Opdrachten:"),
    (r"Show this message and exit\.", "Toon deze uitleg."),
    (r"\[env(\s+)var: ", r"[omgeving:\1"),
    (r"([\[;]\s*)default:(\s)", r"\1standaard:\2"),
    (r"([\[;]\s*)required\]", r"\1verplicht]"),
)

#: (English pattern, Dutch) of what is wrong with how a command was called
WRONG = (
    (r"No such command (.+?)\.(?: Did you mean (.+)\?)?", "De opdracht {0} bestaat niet.{near}"),
    (r"Missing command\.", "Er ontbreekt een opdracht."),
    (r"Missing option (.+?)\.", "De optie {0} ontbreekt; die is verplicht."),
    (r"Missing argument (.+?)\.", "Er ontbreekt een waarde: {0}."),
    (
        r"No such option: (\S+)(?: \(Possible options: (.+)\))?",
        "De optie {0} bestaat niet.{near}",
    ),
    (r"Option (\S+) requires .+", "Na de optie {0} hoort een waarde."),
    (r"Option (\S+) does not take a value\.", "Na de optie {0} hoort geen waarde."),
    (r"Got unexpected extra argument\(?s?\)? \((.+)\)", "Dit hoort er niet bij: {0}."),
    (
        r"Invalid value for (.+?): Input should be less than or equal to (\S+)",
        "{0} mag hooguit {1} zijn.",
    ),
    (
        r"Invalid value for (.+?): Input should be greater than or equal to (\S+)",
        "{0} moet minstens {1} zijn.",
    ),
    (r"Invalid value for (.+?): Input should be a valid integer.*", "{0} moet een getal zijn."),
    (r"Invalid value for (.+?): .+", "De waarde van {0} klopt niet."),
)
NEAR = " Bedoelt u {name}?"
OTHER = "De opdracht klopt niet."
TRY_HELP = "Uitleg: {command} --help"
ABORTED = "Gestopt. Wat hierboven als klaar staat, blijft zo. Verder is er niets veranderd."

#: names of values in help
TEXT, NUMBER, FILE, FOLDER, KEY = "TEKST", "GETAL", "BESTAND", "MAP", "SLEUTEL"
PERSON = "CONTACT"

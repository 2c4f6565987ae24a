"""Dutch of several cities under one command."""

HELP_CITIES_OPTION = "Draai alle steden in deze map: per stad een .toml en een .geheimen."
HELP_CITIES = "Zeg van elke stad in een map of zij draait."
HELP_FOLDER = "map met per stad een .toml"

ONE_OF_BOTH = "Kies één van de twee: --cities MAP of --config BESTAND."
NO_FOLDER = "{path} is geen map die gelezen kan worden. Geef de map met per stad een .toml."
NO_CITIES = "In {path} staat geen enkele stad. Zet er per stad een .toml in, zoals arnhem.toml."
SHARED = (
    "{name} staat in de omgeving, en die geldt voor alle steden. Haal {name} daar weg en zet het "
    "per stad in het bestand met geheimen, naast de configuratie: zoals arnhem.geheimen."
)

NOT_A_LINE = "{path}, regel {number}: schrijf NAAM=waarde."
UNKNOWN_NAME = "{path}, regel {number}: {name} ken ik niet. Kies uit: {known}."
TWICE = "{path}, regel {number}: {name} staat er twee keer."
OPEN_FILE = "{path} kan door iedereen op deze machine gelezen worden. Doe: chmod o= {path}"
UNREADABLE = "{path} kan niet gelezen worden. Controleer de rechten."

#: by the name of the claim
DOUBLES = {
    "database": "dezelfde database ([database] url)",
    "bot": "dezelfde bot (SCHAKEL_TELEGRAM_TOKEN)",
    "state_dir": "dezelfde map voor gegevens (state_dir)",
    "port": "dezelfde poort ([web] port)",
    "address": (
        "dezelfde naam voor de pagina's ([web] base_url); een browser geeft de cookies van de ene "
        "stad dan ook aan de andere"
    ),
    "mailbox": "dezelfde postbus voor antwoorden ([mail] imap_host en imap_user)",
    "key": "dezelfde sleutel (SCHAKEL_SECRET_KEY)",
}
DOUBLE = "{one} en {other} hebben {what}. Geef elke stad een eigen."
NOTHING_STARTED = "Er is niets gestart."

#: on the terminal, before each line of a city
LINE = "{city}: {line}"
NO_ROOM = "de machine heeft geen plaats voor nog een proces (geheugen of TasksMax)."
NO_ANSWER = "de stad gaf bij het starten geen antwoord."
STARTS_NOT = "start niet. De andere steden gaan door. Schakel probeert het elke minuut opnieuw."
KEEPS_OLD = "de nieuwe configuratie klopt niet. De stad draait door met de vorige."
FELL = "is uitgevallen (code {code}) en start over {seconds} s opnieuw."
KEEPS_FALLING = (
    "VALT STEEDS UIT: {count} keer achter elkaar, het laatst met code {code}. Deze stad verstuurt "
    "nu niets. Kijk in het log waarom. Schakel blijft het elke minuut proberen."
)
STEADY = "draait weer."
CUT_OFF = "stopte niet op tijd en is afgebroken. Wat onderweg was, staat als onzeker."
REMOVED = "is weg uit de map en is gestopt."
RENEWED = "start opnieuw met de nieuwe configuratie."

RUNS = "Draait. Nagekeken: {parts}."
RUNS_NOT = "Draait niet."
NEVER_RAN = "Heeft nog nooit gedraaid."
FALLS = "De stad valt steeds uit: {count} keer achter elkaar, het laatst {at} met code {code}."

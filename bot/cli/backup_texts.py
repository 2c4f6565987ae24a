"""Dutch texts of ``schakel backup`` and ``schakel restore``."""

HELP_BACKUP = "Maak een versleutelde back-up, ook terwijl Schakel draait."
HELP_RESTORE = "Zet een back-up terug, of kijk hem alleen na."
HELP_TO = (
    "bestand of map (met / erachter) voor de back-up; zonder: de map backups naast de gegevens"
)
HELP_KEEP = "bewaar in die map alleen de nieuwste zoveel back-ups; 0 = alle"
HELP_NEW_KEY = "maak een sleutel in dit bestand, en verder niets"
HELP_FROM = "de back-up"
HELP_OVERWRITE = "de gegevens die er nu staan, mogen weg"
HELP_CHECK = "alleen nakijken; er verandert niets"

NO_KEY = (
    "Er is geen sleutel voor de back-up. Maak er een met: schakel backup --new-key BESTAND. "
    "Zet de plek van dat bestand in {name}_FILE. Bewaar de sleutel ook ergens anders: zonder "
    "sleutel is een back-up niets waard."
)
BAD_KEY = (
    "De sleutel in {name} is beschadigd. Een sleutel maakt u met: schakel backup --new-key BESTAND"
)
KEY_MADE = (
    "De sleutel staat in {path}. Zet die plek in {name}_FILE. Bewaar een kopie op een andere plek "
    "dan de back-ups: zonder sleutel kan niemand een back-up lezen, ook u niet."
)
EXISTS = "{path} bestaat al. Kies een andere naam."
NO_FOLDER = "{path} is een bestand en geen map. Geef een andere map, of haal het bestand daar weg."
CANNOT_WRITE = "{path} kan niet geschreven worden. Controleer de map, de rechten en de ruimte."
CANNOT_READ = "{path} kan niet gelezen worden. Controleer de naam en de rechten."
MEGABYTES = "{count} MB"
NO_STORE = "Er zijn nog geen gegevens om te bewaren."
MADE = "✔ {path}: {rows} rijen in {tables} tabellen, {size}."
FORGOTTEN = ("✔ 1 oudere back-up is weg.", "✔ {n} oudere back-ups zijn weg.")
WITHOUT_KEY = (
    "· De sleutel van Schakel zelf komt uit {name} en zit niet in de back-up. Bewaar die apart."
)
CHECKED = "✔ {path} is heel: {rows} rijen van {at}, versie {version}."
RESTORED = "✔ Teruggezet: {rows} rijen van {at}. Alle aantallen kloppen."
HELD = (
    "! 1 bericht dat toen nog niet weg was, is gestopt. Kijk eerst of het later al uitging.",
    "! {n} berichten die toen nog niet weg waren, zijn gestopt. Kijk eerst wat later al uitging.",
)
OLD_STORE = "· Wat er stond, is bewaard als {path}. Haal het weg als u het niet meer nodig heeft."
KEY_PUT = "✔ De sleutel van Schakel staat in {path}."
KEY_DIFFERS = (
    "! In {path} staat een andere sleutel dan in de back-up. Die is bewaard als {old}; "
    "de sleutel uit de back-up staat nu op zijn plek."
)
KEY_ELSEWHERE = (
    "! {name} is ingesteld en gaat voor. Is dat een andere sleutel dan toen, dan start Schakel "
    "niet. Kijk met: schakel check."
)
WAYS = (
    "Start Schakel met: schakel run. Aanmelden moet opnieuw; sleutels van systemen en rechten zijn "
    "die van toen."
)

IN_USE = (
    "Schakel draait nog op deze gegevens. Stop het eerst, wacht een minuut en probeer het opnieuw."
)
NOT_EMPTY = "Er staan al gegevens. Mogen die weg? Geef dan --overwrite. Er is niets veranderd."
OTHER_ENGINE = (
    "Deze back-up is van een andere soort database dan in de configuratie staat. Zet hem terug op "
    "dezelfde soort. Er is niets veranderd."
)
WRONG = {
    "no_backup": "{path} is geen back-up van Schakel.",
    "other_key": (
        "{path} gaat niet open: dit is niet de sleutel waarmee het gemaakt is, of het bestand is "
        "beschadigd. Probeer met dezelfde sleutel een andere back-up: schakel restore BESTAND "
        "--check. Gaat die wel open, dan is dit bestand beschadigd. Er is niets veranderd."
    ),
    "cut_off": "{path} is niet heel: het einde ontbreekt. Er is niets veranderd.",
    "damaged": "{path} is beschadigd. Er is niets veranderd.",
    "newer": "{path} is van een nieuwere versie van Schakel. Werk Schakel eerst bij.",
}
STORE_DAMAGED = "De gegevens zelf zijn beschadigd. Er is geen back-up gemaakt. Zet de vorige terug."

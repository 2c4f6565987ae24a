"""Dutch of ``schakel move-database``."""

HELP = "Verhuis alle gegevens naar een andere database."
HELP_URL = (
    "de nieuwe database, zonder wachtwoord; met een wachtwoord staat het adres in een bestand, en "
    "de plek daarvan in SCHAKEL_NEW_DATABASE_URL_FILE; niet nodig bij --undo"
)
ON_COMMAND_LINE = "het adres achter move-database"
NO_TARGET = (
    "Waarheen? Zet het adres van de nieuwe database in een bestand dat alleen u kunt lezen, en de "
    "plek van dat bestand in {name}. Zonder wachtwoord mag het ook achter move-database."
)
HELP_UNDO = (
    "gebruik de database die verhuisd is toch weer; de nieuwe gebruikt u dan niet meer. Met URL "
    "kijkt Schakel eerst of daar nog iemand mee werkt"
)
HELP_YES = "bij --undo: ja, Schakel draait nergens meer met de nieuwe database"
BAD_URL = "Geef een adres dat begint met postgresql+psycopg:// of sqlite+aiosqlite:///."
SAME = "Dat is de database waar de gegevens al staan."
NOT_CURRENT = (
    "Er zijn nog geen gegevens om te verhuizen, of ze zijn van een andere versie. "
    "Doe eerst: schakel migrate."
)
IN_USE = "Schakel draait nog. Stop het eerst, wacht een minuut en probeer het opnieuw."
NOT_EMPTY = "In de nieuwe database staat al iets. Kies een lege. Er is niets veranderd."
MISCOUNTED = (
    "In de tabel {table} kwam niet alles aan. Er is niets verhuisd; de oude gegevens staan er nog."
)
MOVED = "✔ Verhuisd: {rows} rijen in {tables} tabellen. Alle aantallen kloppen."
NEXT = (
    "Zet het nieuwe adres nu in de configuratie: [database] url, of in SCHAKEL_DATABASE_URL_FILE. "
    "De oude gegevens blijven staan; haal ze weg als alles werkt."
)
ALREADY = (
    "Deze gegevens zijn al verhuisd. Staat in de configuratie nog de oude database? "
    "Wilt u met de oude verder, doe dan eerst: schakel move-database --undo."
)
SAME_BACK = (
    "Zet eerst de oude database in de configuratie. Geef hier het adres van de nieuwe, of niets."
)
NEW_IN_USE = (
    "Schakel draait nog met de nieuwe database. Stop het eerst, op elke machine, wacht 15 seconden "
    "en probeer het opnieuw. Er is niets veranderd."
)
SURE_BACK = (
    "Wat na het verhuizen gebeurde, staat alleen in de nieuwe database: wie zich meldde of "
    "afmeldde, signalen, en wat verstuurd is. Dat laatste kan Schakel hierna nog eens versturen. "
    "Stop Schakel op elke machine die met de nieuwe database werkt. Is dat gedaan? Doe dan: "
    "schakel move-database --undo --yes."
)
USED_ON = (
    "✔ Deze database is weer in gebruik. Start Schakel niet meer met de andere: "
    "dan krijgen mensen berichten dubbel."
)
NEVER_MOVED = "Deze database is niet verhuisd. Er is niets veranderd."

"""Dutch of what is wrong with a database."""

OWN_SETTING = "[database] url"
DATABASE = "De database"
DATABASE_AT = "De database ({where})"
ON, HERE = "op", "deze machine"
#: by :class:`bot.database_faults.DatabaseFault`
FAULTS = {
    "password": (
        "{database} weigert de gebruiker of het wachtwoord. Controleer beide in {setting}. Een "
        "teken als @, : of / in het wachtwoord schrijft u als %40, %3A of %2F."
    ),
    "not_admitted": (
        "{database} laat deze gebruiker niet binnen. Bestaat hij op de server, en laat pg_hba.conf "
        "hem toe vanaf deze machine? De gebruiker staat in {setting}."
    ),
    "no_database": (
        "{database} bestaat niet. Maak haar eerst op de server, of verbeter de naam in {setting}."
    ),
    "no_rights": (
        "{database} geeft de gebruiker te weinig rechten. Maak hem op de server eigenaar van de "
        "database (ALTER DATABASE … OWNER TO …). De gebruiker staat in {setting}."
    ),
    "refused": (
        "{database} is er niet: op dat adres luistert niets. Draait PostgreSQL daar, en klopt de "
        "poort? Het adres staat in {setting}."
    ),
    "unknown_host": (
        "{database}: de naam van die server is niet te vinden. Verbeter de naam in {setting}, of "
        "controleer DNS op deze machine."
    ),
    "silent": (
        "{database} antwoordt niet. Controleer het netwerk, de firewall en het adres in {setting}."
    ),
    "no_tls": (
        "{database}: een beveiligde verbinding lukt niet. Controleer het certificaat van de "
        "server, en sslmode in {setting}."
    ),
    "full": (
        "{database} heeft geen verbinding meer vrij. Sluit andere programma's, of zet "
        "max_connections op de server hoger."
    ),
    "starting": "{database} start net of stopt net. Probeer het over een minuut opnieuw.",
    "standby": (
        "{database} is een kopie waarin niemand kan schrijven. Zet in {setting} het adres van de "
        "server waar wel in geschreven wordt."
    ),
    "no_folder": (
        "{database} kan niet geopend of gemaakt worden. Bestaat de map, en mag de gebruiker die "
        "Schakel draait daar lezen en schrijven? De plek staat in {setting}."
    ),
    "read_only": (
        "{database} is alleen te lezen. Geef de gebruiker die Schakel draait het recht om in het "
        "bestand en in zijn map te schrijven. De plek staat in {setting}."
    ),
    "not_a_database": (
        "{database} is beschadigd, of geen database. Klopt de plek in {setting}? Zet anders een "
        "back-up terug: schakel restore."
    ),
    "locked": (
        "{database} wordt door een ander programma vastgehouden. Sluit dat, en probeer het opnieuw."
    ),
    "no_space": "{database}: de schijf is vol. Maak ruimte, en probeer het opnieuw.",
    "newer": (
        "{database} is van een nieuwere versie van Schakel dan dit programma. Er is niets "
        "veranderd. Zet de nieuwere versie weer op deze machine. Wilt u bij de oudere blijven, zet "
        "dan de back-up van voor het bijwerken terug: schakel restore BESTAND --overwrite. Wat "
        "daarna gebeurde, staat daar niet in."
    ),
    "other": (
        "{database} werkt niet mee: niet bereikbaar, beschadigd, of van een nieuwere versie van "
        "Schakel. Controleer {setting}."
    ),
}

"""Dutch of docs/configuratie.md."""

DOCS_TOP = """# Configuratie

Alles staat in `config.toml`; `schakel init` vult het in en `schakel check` kijkt het na. Een
sleutel die Schakel niet kent, is een fout: er staat dan bij welke sleutel erop lijkt. Wat u
weglaat, krijgt de waarde onder *standaard*. Mappen en bestanden tellen vanaf de map van
`config.toml`. Deze pagina wordt gemaakt met `schakel config`; een test vergelijkt hem met
de code."""
DOCS_ENV_HEAD = """## Geheimen: uit de omgeving

Nooit in het bestand. Zet `NAAM`, of zet in `NAAM_FILE` de plek van een bestand met het geheim.
Staat er naast `config.toml` een bestand `config.geheimen` (of `arnhem.geheimen` naast
`arnhem.toml`), dan komen de geheimen alleen daaruit: zie [deployment.md](deployment.md).

| naam | betekenis |
|---|---|"""
DOCS_ENV_ROW = "| `{name}` | {meaning} |"
ENVIRONMENT = {
    "SCHAKEL_TELEGRAM_TOKEN": "het token van de bot",
    "SCHAKEL_SMTP_PASSWORD": "wachtwoord bij de SMTP-server",
    "SCHAKEL_IMAP_PASSWORD": "wachtwoord bij de IMAP-server",
    "SCHAKEL_OIDC_SECRET": "geheim van Schakel bij de aanbieder van gemeente-accounts",
    "SCHAKEL_DATABASE_URL": "gaat voor `[database] url`; hier mag een wachtwoord in staan",
    "SCHAKEL_NEW_DATABASE_URL": (
        "waarheen `schakel move-database` verhuist; `schakel run` heeft het niet nodig"
    ),
    "SCHAKEL_SECRET_KEY": (
        "sleutel voor verzegelde teksten; zonder deze maakt Schakel `secret.key` in `state_dir`. "
        "Bewaar hem apart van de back-up: zonder sleutel zijn verzegelde teksten weg"
    ),
    "SCHAKEL_BACKUP_KEY": (
        "sleutel van de back-up, voor `schakel backup` en `schakel restore`; `schakel run` heeft "
        "hem niet nodig. Maak hem met `schakel backup --new-key BESTAND` en zet die plek in "
        "`SCHAKEL_BACKUP_KEY_FILE`"
    ),
}
DOCS_ROOT = "Bovenaan het bestand"
DOCS_HEAD = "| sleutel | standaard | betekenis |\n|---|---|---|"
DOCS_ROW = "| `{key}` | {default} | {meaning} |"
DOCS_REQUIRED = "*verplicht*"
DOCS_EMPTY = "*leeg*"
DOCS_ONLY_BLOCKS = "Alleen blokken."

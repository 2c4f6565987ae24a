"""Dutch words of ``schakel run`` on the terminal."""

PAGES = "Schakel draait. De werkpagina's staan op {address} - stoppen: Ctrl-C."
PAGES_BEHIND = (
    "Schakel draait. De werkpagina's staan op {address} - op deze machine luistert Schakel op "
    "{listens_on} - stoppen: Ctrl-C."
)
CANNOT_LISTEN = (
    "De werkpagina's kunnen niet op {address} staan: dat adres is al in gebruik, of niet van deze "
    "machine. Draait Schakel al? Kies anders een andere [web] port."
)
#: by :attr:`bot.polling.Poller.trouble`
TELEGRAM = {
    "token": (
        "Telegram kent het token van de bot niet: er komt niets binnen en er gaat niets uit. "
        "Controleer SCHAKEL_TELEGRAM_TOKEN, of vraag een nieuw token aan @BotFather."
    ),
    "unreachable": (
        "Telegram is niet te bereiken. Controleer het netwerk en [telegram] base_url. "
        "Schakel blijft het proberen."
    ),
    "undelivered": (
        "Telegram kan berichten niet afleveren op [web] base_url. Controleer de webserver ervoor. "
        "Telegram bewaart ze en blijft het proberen."
    ),
    "conflict": "Een ander programma leest dezelfde bot mee. Stop dat programma.",
}
#: where mail is set up
MAIL_GOES_ON = "E-mail gaat door."
TELEGRAM_WORKS = "Telegram antwoordt weer."
MOVED_AWAY = (
    "De gegevens in deze database zijn verhuisd op {at}. Zet in de configuratie het adres van de "
    "nieuwe: [database] url, of SCHAKEL_DATABASE_URL_FILE. Anders gaan berichten dubbel uit. "
    "Wilt u toch met deze database verder, doe dan: schakel move-database --undo."
)
WAITS_FOR_STORE = (
    "Op deze database draait Schakel al, of het is net gestopt. "
    "Schakel wacht hooguit {seconds} seconden."
)
STORE_TAKEN = (
    "Schakel draait nog op deze gegevens, in een ander proces of op een andere machine. Stop dat "
    "eerst. Horen er meer machines op deze database? Zet dan op elke machine [database] "
    "several_hosts = true en start ze allemaal opnieuw."
)
#: ``free`` is a number of megabytes
NO_ROOM = (
    "De schijf met {path} is bijna vol: {free} MB vrij. Is hij vol, dan bewaart en verstuurt "
    "Schakel niets meer. Maak ruimte: haal oude logs weg, of verplaats back-ups. Draait Schakel, "
    "dan gaat het daarna vanzelf door."
)
#: by :class:`bot.own_key.KeyFault`
KEY_FAULTS = {
    "other": (
        "De gegevens in deze database zijn verzegeld met een andere sleutel dan deze machine "
        "heeft. Zet de juiste terug: SCHAKEL_SECRET_KEY_FILE, of secret.key in state_dir. Op elke "
        "machine hoort dezelfde. Is de juiste kwijt, doe dan: schakel accept-key."
    ),
    "missing": (
        "De sleutel van deze database ontbreekt. Zet hem terug: SCHAKEL_SECRET_KEY_FILE, of "
        "secret.key in state_dir. Hij zit ook in een back-up, als hij toen in state_dir stond. "
        "Is hij kwijt, doe dan: schakel accept-key."
    ),
}

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

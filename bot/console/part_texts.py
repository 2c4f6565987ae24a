"""Dutch names of the loops and rounds of the house, for whoever hears that one stands still."""

PARTS = {
    "poller": "Het lezen van Telegram",
    "feeds": "Het lezen van nieuws",
    "refresh": "Het bijwerken van de kaart",
    "alerts": "Het doorgeven van meldingen",
    "daily": "Het maken van de daglijst",
    "escalate": "Het volgen van dringende berichten",
    "remind": "Het bewaken van antwoorden",
    "clock": "Het bewaken van het draaiboek",
    "mail_in": "Het lezen van e-mail",
    "tidy": "Het opruimen",
    "list": "Het bijhouden van de lijst",
    "links": "Het openen van links in teksten",
    "webhooks": "Het bijwerken van koppelingen",
    "exercise": "Het leiden van een oefening",
    "plans": "Het bijhouden hoe groot de tabellen zijn",
    "health": "De bewaking",
    "worker": "Het antwoorden in Telegram",
    "pump_telegram": "Het versturen via Telegram",
    "pump_email": "Het versturen van e-mail",
}

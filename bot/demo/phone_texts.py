"""Dutch lines of the page *Telefoons*."""

COORDINATOR = "Coördinator"
APPROVER = "Goedkeurder"
TEACHER = "Docent VO"
YOUTH_WORKER = "Jongerenwerker"
#: the phones on the page when nobody chose
FIRST_SHOWN = (COORDINATOR, APPROVER, TEACHER, YOUTH_WORKER)

#: the line that stands above each message of an exercise
EXERCISE = "OEFENING"
DOCUMENT = "Bestand: {name}"
FILE = "document"

#: what a coördinator can ask with one tap: (command, label)
COMMANDS = (
    ("/status", "Status"),
    ("/klok", "Draaiboek"),
    ("/signalen", "Signalen"),
    ("/gebeurtenis", "Nieuwe gebeurtenis"),
    ("/console", "Werkpagina's"),
)

#: the evening as a list: whose phones, what happens, what to press
STEPS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        (COORDINATOR,),
        "Begin een avond",
        "Druk op «Begin een avond». Na een paar tellen komt de melding bij de coördinator.",
    ),
    (
        (COORDINATOR,),
        "Bevestig de melding",
        "Druk onder de melding op [Bevestig] en daarna op [Alles akkoord].",
    ),
    (
        (COORDINATOR,),
        "Voeg een feit toe",
        (
            "Druk op de kaart op [Feiten] en dan op [Feit toevoegen]. Typ één zin, zoals: "
            "De politie doet onderzoek. Kies daarna de bron [politie]."
        ),
    ),
    (
        (COORDINATOR,),
        "Dien de teksten in",
        "Druk op [Klaar] en dan op [Ter goedkeuring].",
    ),
    (
        (APPROVER,),
        "Lees en keur goed",
        (
            "Druk op [Lees] en open de teksten. Schuif daarna terug naar boven en druk op "
            "[Goedkeuren en verzenden]. Staat er dat u teksten niet opende? Open ze, of druk op "
            "[Toch verder]. Bevestig met [Ja, verzenden]. Staat er ook een tijd bij? "
            "Dat is voor de ochtend; nu kiest u de knop zonder tijd."
        ),
    ),
    (
        (TEACHER,),
        "Lees het bericht",
        "Het bericht komt binnen. Druk op [Gelezen].",
    ),
    (
        (TEACHER, YOUTH_WORKER),
        "Geef een signaal",
        "Druk op [Ik merk iets]. Beantwoord de vragen en druk op [Versturen].",
    ),
    (
        (COORDINATOR,),
        "Beantwoord het signaal",
        (
            "Druk op [Signalen] onder de telefoon. Kies het signaal, kies een antwoord "
            "en typ één zin. De melder krijgt het antwoord."
        ),
    ),
    (
        (COORDINATOR, APPROVER),
        "Sluit af",
        (
            "Coördinator: druk op [Afsluiten] en dan op [Ter goedkeuring]. "
            "Goedkeurder: keur ook dit laatste bericht goed."
        ),
    ),
)

#: instead of how a step is done, where the first text did not just go out
CALLED_OFF = (
    "Deze tekst is ingetrokken of afgezegd. Druk op de kaart op [Teksten schrijven] en dan op "
    "[Ter goedkeuring]."
)
STOPPED = (
    "Het verzenden is gestopt, dus er komt niets binnen. Coördinator: druk op [Ga door]. "
    "Of druk op [Afzeggen] en schrijf de teksten opnieuw."
)
WAITS = (
    "De tekst gaat uit op de tijd die de goedkeurder koos. Nu verder spelen? Coördinator: druk op "
    "[Afzeggen] en dan op [Ja, afzeggen]. Schrijf de teksten opnieuw en kies nu de knop zonder "
    "tijd."
)

#: under the list, when nothing is to do any more
ENDED = {
    "closed": "De avond is afgesloten. Iedereen die iets meldde, heeft antwoord gekregen.",
    "dismissed": (
        "U koos bij deze melding [Niet relevant]. De avond stopt hier: er gaat niets uit, en de "
        "andere stappen vervallen."
    ),
}
SKIPPED = "Vervallen:"

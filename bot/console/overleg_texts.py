"""Dutch words of the pages of the overleg."""

NOT_PLANNED = {
    "moment": "Kies een dag en een tijd in de toekomst, binnen twee jaar.",
    "minutes": "Kies een duur tussen 15 en 480 minuten.",
    "host": "Kies een organisatie van de lijst.",
    "long": "De plek is te lang. Houd het bij 120 tekens.",
    "person": "In de plek lijkt een persoon te staan. Noem een zaal of een adres.",
}
NOT_AGREED = {
    "empty": "Vul in wat is afgesproken.",
    "owner": "Vul in wie ervoor zorgt: een organisatie of een functie.",
    "long": "De tekst is te lang. Houd het bij 300 tekens.",
    "date": "Kies een dag vanaf vandaag, en binnen twee jaar.",
    "person": "Hierin lijkt een persoon te staan. Noem een organisatie of een functie, geen naam.",
}
AGENDA_TITLE = "Agenda overleg {day}"
REPORT_TITLE = "Afspraken overleg {day}"
FOR_WHOM = "het maatschappelijk overleg"
STAND = "stand van {day}"
FILE_NAME = "overleg-{number}"
MAYBE = "ongeveer"
NEED_LATE = "Actie te laat: {words}"
DUE = "afgesproken voor"
HAS_ROOM = " (heeft ruimte)"
EVERYBODY = "één persoon van elke organisatie in de stad"

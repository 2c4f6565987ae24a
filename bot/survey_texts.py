"""Dutch words of the yearly survey."""

from briefings.learning.survey_rows import Asks, Says

TITLE = "Zes korte vragen, één keer per jaar"
WHY = (
    "Hoe staat u ervoor als er spanning is in de klas, de wijk of uw groep? Met uw antwoord ziet "
    "het overleg waar hulp nodig is. Wij tellen per domein en bewaren niet wie wat antwoordde. "
    "Antwoorden mag, het hoeft niet."
)
MAIL_LAST = "Het kost een minuut: {link}"
LINK = "Naar de zes vragen"
QUESTIONS = {
    Asks.RECOGNISE: "Weet ik genoeg om spanning te herkennen?",
    Asks.DISCUSS: "Kan ik erover praten met de mensen voor wie ik werk?",
    Asks.REPORT: "Weet ik bij wie ik iets kan melden?",
    Asks.ACT: "Weet ik genoeg om iets te doen?",
    Asks.CAPACITY: "Zijn er genoeg mensen en tijd om iets te doen?",
    Asks.SUPPORT: "Voel ik mij gesteund door partners?",
}
HEADINGS = {
    Asks.RECOGNISE: "Herkennen", Asks.DISCUSS: "Bespreken", Asks.REPORT: "Melden",
    Asks.ACT: "Handelen", Asks.CAPACITY: "Capaciteit", Asks.SUPPORT: "Ondersteuning",
}  # fmt: skip
ANSWERS = {Says.YES: "ja", Says.PARTLY: "deels", Says.NO: "nee"}
SAID = "ongeveer {tenths} op de 10 (n = {n})"
ALL_SAID = "vrijwel iedereen (n = {n})"
NOBODY_SAID = "vrijwel niemand (n = {n})"
TOO_FEW = "te weinig antwoorden"
NOT_PUBLISHED = "niet gepubliceerd"
NOTES = {
    Asks.RECOGNISE: (
        "In 2019 is niet duidelijk of dit over kennis of over vaardigheden gaat. Bij onderwijs "
        "staat er alleen: de helft."
    ),
    Asks.REPORT: (
        "In 2019 is hierover geen tabel gepubliceerd. Wel: bij onderwijs was voor meer dan "
        "de helft niet duidelijk bij wie zij intern terechtkonden."
    ),
    Asks.ACT: "In 2019 zijn alleen gemeente en onderwijs genoemd.",
}
SOURCE = (
    "Al doende leren. Een evaluatie van de Arnhemse radicaliseringsaanpak (Universiteit Utrecht, "
    "4 september 2019), hoofdstuk 3"
)
ABOUT_2019 = (
    "In 2019 ging het over radicalisering, met andere woorden en aan kleine groepen: 7 tot 27 "
    "mensen per domein. De n is het aantal respondenten van het domein; hoeveel er elke vraag "
    "beantwoordden, is niet gepubliceerd. Daarom staan hier geen percentages, maar tienden. "
    "Vergelijk de twee als een indruk."
)

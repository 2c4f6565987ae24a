"""Dutch words of *Klopt dit nog?* and of the question for a successor."""

CHECK_SUBJECT = "Klopt uw plek op onze lijst nog?"
CHECK_TITLE = "Klopt dit nog?"
CHECK_WHO = "U staat op de lijst voor berichten na een ingrijpende gebeurtenis als: {who}."
CHECK_WHY = (
    "Wij vragen dit twee keer per jaar, zodat het bericht op een drukke avond bij de juiste "
    "mensen komt. Antwoorden mag, het hoeft niet."
)
CHECK_MAIL = "Open uw pagina en druk op de knop die past: {link}"
CHECK_LINK = "Naar uw pagina"

YES = "Ja, dit klopt"
GONE = "Ik werk hier niet meer"
CHANGE = "Bekijk of wijzig"
GONE_YES = "Ja, haal mij van de lijst"
GONE_NO = "Nee, toch niet"

THANKS = "Dank u. Over een half jaar vragen wij het opnieuw."
GONE_SURE = (
    "<b>Werkt u hier niet meer?</b>\n"
    "Dan krijgt u geen berichten meer, en stoppen uw rechten en links. Wij vragen uw organisatie "
    "wie u opvolgt."
)
GONE_DONE = (
    "Dank u voor uw tijd. U staat niet meer op de lijst. Wij vragen uw organisatie om een opvolger."
)
GONE_LAST_ADMIN = (
    "Dit kan nu nog niet: u bent de enige beheerder. Geef eerst iemand anders dat recht, "
    "bij Contacten. Druk daarna opnieuw op de knop onder het bericht."
)
STILL_HERE = "Goed. Er verandert niets."
DONE_TOAST = "Dank u"

SUCCESSOR_SUBJECT = "Wie volgt uw collega op?"
SUCCESSOR_TITLE = "Wie volgt uw collega op?"
SUCCESSOR_WHAT = (
    "Een collega ({function}) van {organisation} staat niet meer op de lijst voor berichten na "
    "een ingrijpende gebeurtenis."
)
SUCCESSOR_PAGE = "Op uw eigen pagina kunt u een opvolger noemen: {link}"
SUCCESSOR_DESK = "Geef de coördinator een opvolger door{contact}."
SUCCESSOR_CONTACT = ": {phone}"
NO_FUNCTION = "functie niet ingevuld"
SUCCESSOR_BUTTON = "Opvolger noemen"

LEFT_TITLE = "Iemand staat niet meer op de lijst"
LEFT_LINE = (
    "Bij {organisation} werkt een contact niet meer. De organisatie kreeg de vraag wie opvolgt."
)
LEFT_NOBODY = (
    "Bij {organisation} werkt een contact niet meer, en daar is nu niemand te bereiken. "
    "Bel de organisatie."
)
PROPOSED_TITLE = "Er is een opvolger genoemd"
PROPOSED_LINE = "{organisation} noemde een opvolger. Kijk bij Contacten, Hiaten, of dat klopt."

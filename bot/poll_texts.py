"""Dutch words of the two questions after an event."""

from briefings.learning.polls import Helped, Missed, Offer, Tension
from briefings.learning.rows import Question

SUBJECT = "Twee korte vragen, als u wilt"
TITLE = "Twee korte vragen"
ABOUT = "Over: {name}."
WHY = (
    "Met uw antwoord wordt het volgende bericht beter. Wij tellen de antwoorden per domein en "
    "bewaren niet wie wat antwoordde. Antwoorden mag, het hoeft niet."
)
MAIL_LINK = "Naar de twee vragen"
MAIL_LAST = "Eén tik per vraag, tot en met {until}: {link}"

QUESTIONS = {
    Question.HELPED: "Wat hielp u het meest?",
    Question.MISSED: "Wat miste u het meest?",
    Question.TENSION: "Welke spanning verwacht u?",
    Question.OFFER: "Wat kunt u bieden?",
}
ANSWERS: dict[Question, dict[str, str]] = {
    Question.HELPED: {
        Helped.FACTS: "De feiten op een rij",
        Helped.DO: "Wat ik kon doen",
        Helped.TALK: "Hulp bij een gesprek",
        Helped.WHERE: "Waar ik iets kon melden",
        Helped.PARENTS: "De tekst voor ouders",
        Helped.CONTACT: "Contact met een mens",
        Helped.NOTHING: "Niets hiervan",
    },
    Question.MISSED: {
        Missed.SOONER: "Ik had het eerder willen weten",
        Missed.FACTS: "Meer feiten",
        Missed.DO: "Meer over wat ik kon doen",
        Missed.TALK: "Meer hulp bij een gesprek",
        Missed.AHEAD: "Wat er nog kwam",
        Missed.PLAINER: "Eenvoudiger taal",
        Missed.NOTHING: "Niets",
    },
    Question.TENSION: {
        Tension.TALK: "Moeilijke gesprekken in de groep",
        Tension.RUMOURS: "Geruchten",
        Tension.FEAR: "Angst of zorgen",
        Tension.ANGER: "Boosheid",
        Tension.APART: "Groepen tegenover elkaar",
        Tension.ONLINE: "Spanning online",
        Tension.NOTHING: "Ik verwacht geen spanning",
    },
    Question.OFFER: {
        Offer.LISTEN: "Een luisterend oor",
        Offer.LESSON: "Hulp bij een les of gesprek",
        Offer.PRESENCE: "Iemand die langskomt",
        Offer.ROOM: "Een ruimte",
        Offer.EXPLAIN: "Uitleg of kennis",
        Offer.BRIDGE: "Contact met een groep",
        Offer.NOTHING: "Nu niets",
    },
}
HEADINGS = {
    Question.HELPED: "Wat hielp", Question.MISSED: "Wat misten lezers",
    Question.TENSION: "Welke spanning verwachten leden", Question.OFFER: "Wat kunnen leden bieden",
}  # fmt: skip
#: what the last question asks, in words of one's own
IN_WORDS = {
    Question.WORDS: "Wat miste u? (hoeft niet)",
    Question.QUICK_WORDS: "Wat verwacht u, of wat kunt u bieden? (hoeft niet)",
}
QUICK_TITLE = "Twee snelle vragen"
QUICK_SUBJECT = "Twee snelle vragen voor het overleg"
QUICK_WHY = (
    "Er komt een extra overleg, {when}. Met uw antwoord weten wij wat er speelt en wie kan helpen. "
    "Wij tellen de antwoorden per domein en bewaren niet wie wat antwoordde. Antwoorden hoeft niet."
)
QUICK_WHY_PAGE = (
    "Met uw antwoord weet het overleg wat er speelt en wie kan helpen. Wij tellen de antwoorden "
    "per domein en bewaren niet wie wat antwoordde. Antwoorden hoeft niet. Wilt u dat anderen u "
    "vinden? Zet uw aanbod dan bij Vraag en aanbod, op uw eigen pagina of met /hulp."
)
QUICK_ASK_WORDS = (
    "Wat verwacht u, of wat kunt u bieden? Schrijf één zin, hooguit {longest} tekens. Zonder namen "
    "of andere gegevens van een persoon."
)
QUICK_LAST = "Eén tik per vraag: {link}"
QUICK_MORE = "<b>Dank u.</b> Wilt u er nog iets bij zeggen?"
TITLES = {Question.WORDS: TITLE, Question.QUICK_WORDS: QUICK_TITLE}
WHYS = {Question.WORDS: WHY, Question.QUICK_WORDS: QUICK_WHY_PAGE}


OWN_WORDS = "Iets anders, in eigen woorden"
NO_WORDS = "Klaar"
ASK_WORDS = (
    "Wat miste u? Schrijf één zin, hooguit {longest} tekens. Zonder namen of andere gegevens van "
    "een persoon."
)
MORE = "<b>Dank u.</b> Wilt u nog in eigen woorden zeggen wat u miste?"
TOO_LONG = "Dat zijn {length} tekens. Houd het bij {longest}."
THANKS = "Dank u. Uw antwoord telt mee."
THANKS_TOAST = "Dank u"
BEFORE = "U antwoordde al. Dank."
CLOSED = "De vragen zijn gesloten. Dank."

ASK = "Stel twee vragen"
SURE = (
    'De vragen "wat hielp?" en "wat miste u?" gaan één keer naar {count} {people}, {when}. '
    "Antwoorden mag, het hoeft niet."
)
SURE_YES = "Ja, stel de vragen"
ASKED = (
    "De twee vragen gaan naar {count} {people}. Antwoorden kan tot en met {until}. De "
    "uitkomst staat op het blad Evaluatie."
)
AT_ONCE = "meteen"
LATER = "op {moment}"
ONE, MANY = "ontvanger", "ontvangers"
CANNOT = "De vragen kunnen één keer, als de gebeurtenis is afgesloten."
NOBODY = "Er is niemand om de vragen aan te stellen."

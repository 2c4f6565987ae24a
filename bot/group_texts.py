"""Dutch words of a message to a group."""

EMPTY = "Vul een titel en een tekst in."
TOO_LONG = "Houd de titel bij {title} tekens en de tekst bij {text}."
LABEL = "Dat woord hoort niet in een titel. Schrijf wat er is gebeurd of gevraagd."
PERSON = "Hierin lijkt een persoon herkenbaar. Er is niets bewaard. Schrijf het zonder namen."
PLACE = "Haal de code tussen %% weg. Daar zou een persoonlijke link komen te staan."
WHY = "U krijgt dit van de gemeente, omdat u in de groep {group} zit."
REPLY_CHAT = "Reageren kan met /vraag."
REPLY_MAIL = "Reageren kan op uw eigen pagina."
TOO_MANY = "In deze groep zitten meer dan {most} mensen. Stuur een briefing."
NOBODY = "In deze groep zit nu niemand."
# In the chat
CHOOSE = "<b>Een bericht aan een groep</b>\nVoor wie samen aan iets werkt. Aan welke groep?"
NO_GROUP = (
    "Er is geen groep om aan te schrijven. Een groep maakt u op de pagina Contacten, bij Groepen, "
    "of op de pagina Vraag en aanbod, met Maak een groep van wie meedoet. "
    "Zitten er meer dan {most} mensen in? Stuur dan een briefing."
)
ONE_GROUP = "{name} ({count})"
PREVIOUS, NEXT = "Vorige", "Volgende"
ASK_TITLE = "<b>Bericht aan {group}</b>\nWat is de titel? Hooguit {title} tekens, zonder personen."
ASK_TEXT = "Wat is de tekst? Hooguit {text} tekens, zonder personen."
SURE = "Zo ziet het eruit. Het gaat naar {people}, ieder langs het eigen kanaal:"
RESTS = (
    "1 van hen heeft rusttijd en krijgt het daarna, om {until} uur. Bel bij haast.",
    "{n} van hen hebben rusttijd en krijgen het daarna, de eersten om {until} uur. Bel bij haast.",
)
NO_CHANNEL = "Zonder kanaal dat werkt. Bel zelf:"
NOBODY_HAS = "Niemand in deze groep heeft een kanaal dat werkt. Er gaat niets uit."
ONE, MANY = "1 contact", "{count} contacten"
MORE = "En nog {count}. Alle namen staan op de pagina Groepen."
SEND, AGAIN, QUIT = "Versturen aan {people}", "Anders schrijven", "Stoppen"
SENT = "Het bericht gaat naar {people} van de groep {group}."
SENT_PART = "Het bericht gaat naar {told} van de {people} van de groep {group}."
HAD_IT = "Deze groep kreeg precies dit bericht net al. Er is niets verstuurd."
CHANGED = "In deze groep zit niemand meer die u zag. Begin opnieuw met /groep."
GIVEN_UP = "Gestopt. Er is niets verstuurd."

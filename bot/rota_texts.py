"""Dutch of the rota: who has duty when."""

from __future__ import annotations

from contacts.rota import RotaPlace
from contacts.rota_keeping import WhyNot

PLACES = {RotaPlace.DUTY: "dienst", RotaPlace.BACKUP: "achterwacht"}
#: what the page says above the periods
DUTY_NOW = "Dienst: {name}"
BACKUP_NOW = "achterwacht {name}"
UNTIL = "tot {moment}"
NOBODY_NOW = "Nu heeft niemand dienst. Een melding gaat meteen naar alle coördinatoren."
UNREACHED_NOW = (
    "{name} heeft dienst, maar is nu niet te bereiken. Een melding gaat naar alle coördinatoren."
)
NO_ROTA = "Er staat niemand op het rooster. Een melding gaat naar alle coördinatoren tegelijk."
FIRST = {
    "dienst": "Een melding gaat eerst naar wie dienst heeft. Reageert niemand binnen {minutes} "
    "minuten, dan krijgt iedereen haar; de achterwacht is dan als eerste aan zet.",
    "allen": "Een melding gaat meteen naar alle coördinatoren, ook als iemand dienst heeft. Zo "
    "staat het in de configuratie.",
}
#: a person who was taken from the list, and one who cannot be called now
NOBODY = "niemand"
GONE = "iemand die weg is"
UNFIT = "kan nu niet"
ONLY_BACKUP = "{name} (alleen achterwacht)"
WHY_NOT = {
    WhyNot.ORDER: "Het einde ligt niet na het begin. Kies een later einde.",
    WhyNot.PAST: "Deze periode is al voorbij. Kies een einde dat nog komt.",
    WhyNot.LENGTH: "Een periode duurt hooguit drie maanden. Kijk de datums na, of maak er twee.",
    WhyNot.ROLE: "{name} mag hier niet staan. Dienst is voor een coördinator, achterwacht voor "
    "een coördinator of goedkeurder. Kies een ander, of geef eerst het recht bij Contacten.",
    WhyNot.OVERLAP: "Dan staat {name} al op het rooster voor {place}: van {begin} tot {end}. Kies "
    "andere uren, of wijzig die periode eerst.",
}
NO_MOMENT = "Vul bij begin en einde een dag en een uur in."
NOBODY_CHOSEN = "Kies wie er op het rooster komt."
TOO_MANY_WEEKS = "Kies 1 tot {most} weken."

#: hand-over: what who comes on and who goes off read
TAKE = "Overgenomen"
YOUR_DUTY = "U hebt nu dienst, tot {until}."
TAP_PLEASE = "Tik op Overgenomen. Tot dan heeft {name} ook nog dienst."
TAP_ALONE = "Tik op Overgenomen, dan is zeker dat u er bent."
TAKE_MAIL = "Overnemen kan ook op de pagina Rooster:"
HANDED_SUBJECT = "Informatie: u hebt nu dienst"
NOTE_OF = "{name} schreef"
ALL_OF_IT = "Alles staat op Vandaag"
GOES_OFF = (
    "{name} heeft nu dienst, tot {until}, en kreeg de overdracht. Zolang {name} niet op "
    "Overgenomen tikt, hebt u ook nog dienst: een melding gaat naar u beiden."
)
TAKEN = "Overgenomen. U hebt dienst, tot {until}."
TAKEN_TOLD = "{name} heeft de dienst overgenomen. U hebt geen dienst meer."
NOT_YOURS = "Deze dienst is nu niet van u, of is al overgenomen"
UNTAKEN_OWN = (
    "U hebt dienst sinds {since}, maar tikte nog niet op Overgenomen. Tot dan geldt de dienst als "
    "niet overgedragen."
)
UNTAKEN_BEFORE = (
    "{name} tikte nog niet op Overgenomen. U hebt dus ook nog dienst: een melding gaat naar u "
    "beiden. Bel elkaar."
)
UNTAKEN_ALL = "{name} heeft dienst sinds {since}, maar tikte nog niet op Overgenomen. Bel even."
#: what stands on Vandaag
NEED_GAP = "Er komt een gat in het rooster: niemand heeft dan dienst"
NEED_GAP_NOW = "Niemand heeft dienst"
#: how long, and what an alert does meanwhile
NEED_GAP_UNTIL = "Het duurt tot {until}. {then}"
NEED_GAP_OPEN = "Op het rooster staat daarna niemand meer. {then}"
NEED_GAP_THEN = "Een melding gaat dan naar alle coördinatoren"
NEED_GAP_MEANWHILE = "Een melding gaat nu naar alle coördinatoren"
#: for whoever has the duty, and for the others: with somebody who goes off, and without
NEED_TAKE = "U hebt dienst: tik nog op Overgenomen"
NEED_TAKE_DETAIL = "Tot dan heeft wie vóór u dienst had, die ook nog"
NEED_TAKE_ALONE = "Dan is zeker dat u er bent"
NEED_UNTAKEN = "De dienst is nog niet overgenomen door {name}"
NEED_UNTAKEN_DETAIL = (
    "Wie ervoor dienst had, heeft die ook nog. Bel {name}: alleen die kan op Overgenomen tikken"
)
NEED_UNTAKEN_ALONE = (
    "Een melding gaat naar {name}. Bel {name}: alleen die kan op Overgenomen tikken"
)
NEED_UNFIT = "{name} staat op het rooster, en is niet te bereiken"
NEED_UNFIT_DETAIL = "Zet een ander op het rooster, of herstel het kanaal of het recht"
FROM, SINCE, AND = "vanaf", "sinds", " en "
#: a gap as a line among the periods
NOBODY_BETWEEN = (
    "Niemand heeft dienst: {begin} tot {end}. Een melding gaat dan naar alle coördinatoren."
)
NOBODY_FROM = "Niemand heeft dienst: vanaf {begin}. Een melding gaat dan naar alle coördinatoren."
NOBODY_ON = "Niemand heeft dienst"
NOBODY_THEN = "Een melding gaat dan naar alle coördinatoren."
OPEN_END = "nog open"
#: what the coordinators are told once
GAP_TITLE = "Er komt een gat in het rooster"
GAP_UNTIL = "Van {begin} tot {end} heeft niemand dienst."
GAP_OPEN = "Vanaf {begin} staat er niemand meer op het rooster."
GAP_THEN = "Een melding gaat dan naar alle coördinatoren tegelijk. Vullen kan op de pagina Rooster:"
UNFIT_TITLE = "Iemand op het rooster is niet te bereiken"
UNFIT_LINE = "{name} staat op het rooster voor {places}, maar heeft geen recht of geen kanaal meer."
UNFIT_THEN = "Een melding gaat dan naar alle coördinatoren. Zet een ander op het rooster:"
#: the note
NOTE_ASK = "Wat moet wie na u komt weten? Hooguit {longest} tekens, en niets over een persoon."
NOTE_KEPT = "Bewaard. Wie na u dienst heeft, krijgt het bij de overdracht."
NOTE_LONG = "Schrijf hooguit {longest} tekens."
NOTE_PERSON = (
    "Dit lijkt over een persoon te gaan. Wij hebben niets bewaard. Schrijf het zonder namen, "
    "nummers of adressen; over een persoon belt u elkaar."
)
#: the chat
CHAT_TITLE = "Rooster"
CHAT_LINE = "{number}. {begin} tot {end}: {name}, {place}"
CHAT_YOU = "u"
CHAT_MORE = "En nog {count}. Alles staat op de pagina Rooster: /console"
LEAVE_NOTE = "Notitie voor wie na u komt"
QUIT = "Stoppen"
STOPPED = "Er is niets veranderd."
#: giving a period to another
SWAP, TAKE_IT, YES, NO = (
    "Geef {number} aan een ander",
    "Neem {number} over",
    "Ja, ik neem het",
    "Nee",
)
PERIOD = "{place} van {begin} tot {end}"
SWAP_ASK = "Aan wie wilt u dit vragen? Het gaat om {period}. Tot die ja zegt, blijft het van u."
NOBODY_ELSE = "Er is niemand anders die dit mag en te bereiken is."
TAKE_ASK = "Neemt u dit over van {name}? Het gaat om {period}. {name} hoort het."
OFFERED = "{name} krijgt de vraag. Tot die ja zegt, blijft het van u."
OFFER = "{name} vraagt of u dit overneemt: {period}."
PASSED = "Het is nu van u: {period}."
PASSED_TOLD = "{name} neemt dit van u over: {period}."
DECLINED = "U neemt het niet over. {name} hoort dat."
DECLINED_TOLD = "{name} kan dit niet van u overnemen: {period}. Het blijft van u."
CHANGED = "Deze periode is intussen gewijzigd. Kijk opnieuw: /rooster"
MAY_NOT = "U mag op deze plaats van het rooster niet staan"
NOT_REACHED = "Die collega is nu niet te bereiken. Kies een ander, of bel."
#: who was put on the rota, or taken off it, by somebody else
BY_COORDINATOR, BY_ADMIN = "Een coördinator", "Een beheerder"
PUT_ON = "{by} zette u op het rooster"
PUT_ON_OFTEN = "{{by}} zette u {count} keer op het rooster"
TAKEN_OFF = "{by} haalde u van het rooster"
HOURS = "{by} wijzigde uw tijd op het rooster"
ON_LINE = "• {period}"
ON_MORE = "En nog {count}; alles staat op het rooster."
HOURS_BEFORE, HOURS_NOW = "Eerst: {period}", "Nu: {period}"
ON_SWAP = "Kunt u dan niet? Ruilen kan met /rooster in de chat, of op de pagina Rooster:"
OFF_ANOTHER = (
    "Een ander staat er nu voor. Wilt u toch? Overnemen kan met /rooster, of op de pagina:"
)
OFF_NOBODY = (
    "Er is nog niemand voor in de plaats. Klopt dat niet? Een coördinator zet u terug op de pagina:"
)
GIVE, TAKE_OVER = "Geef aan een ander", "Neem over"
#: taking a period away is asked once
REMOVE = "Weghalen"
REMOVE_SURE = "Ja, haal weg"
REMOVE_NOT = "Nee, laat staan"
REMOVE_ASK = "{name} weghalen: {period}?"
REMOVE_GAP = (
    "Van {begin} tot {end} heeft dan niemand dienst. Een melding gaat dan meteen naar alle "
    "coördinatoren."
)
REMOVE_BACKUP = (
    "Van {begin} tot {end} is dan niemand achterwacht. Reageert niemand op een melding, dan zijn "
    "alle goedkeurders aan zet."
)
REMOVE_TOLD = "{name} krijgt bericht, als Schakel een kanaal heeft."
REMOVE_RATHER = "Moet een ander deze periode hebben? Kies dan Wijzigen, dan is er geen gat."

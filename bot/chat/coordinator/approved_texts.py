"""Dutch of what became of a version that lay with the approvers, in both faces."""

NOT_CALLED_OFF = "Niet afzeggen"
#: after a tap on the card, which shows the rest
STOPPED_NOW = "Gestopt. De kaart zegt hoe het nu staat."
GOES_ON_NOW = "Het gaat door. De kaart zegt hoe het nu staat."
#: under the progress of a text: refused everywhere, resting, or put off
WHO_LACKS_IT = "Wie heeft het nog niet? ({count})"
#: under */status*, for each text
UNSURE_OF = "Onzeker ({count}): {version} · {name}"
LACKING_OF = "Wie heeft het niet ({count}): {version} · {name}"
#: who called it off; empty for the machine
BY_COORDINATOR, BY_APPROVER = " door de coördinator", " door een goedkeurder"
#: how an approved version ended before anybody had it, by :class:`approved.Stand`
ENDED = {
    "called_off": "Afgezegd {at}{by}. Niemand kreeg deze versie, en zij gaat niet meer uit.",
    "voided": "De goedkeuring verviel {at}: er veranderde iets in de feiten of de teksten. Deze "
    "versie gaat niet uit.",
    "withdrawn": "Ingetrokken {at}{by}. Deze versie gaat niet uit.",
}

#: under an approver's question of which the facts changed
READ_NEW = "Lees de nieuwe teksten"
ASK_AGAIN = "Vraag om opnieuw indienen"
REQUEST_WITHDRAWN = "De coördinator trok deze versie in. Er gaat niets uit."
NOTHING_TO_ASK = "Dat hoeft niet meer: kijk wat er nu ter goedkeuring ligt."
ASKED_ALREADY = "Dat is al gevraagd, om {clock} uur."
ASKED_NOW = "De coördinator kreeg uw vraag."
ASKED_NOBODY = "Geen coördinator heeft een kanaal dat werkt. Bel de coördinator."
#: who asks is a coordinator too, and no other one hears it
ASK_YOURSELF = "U bent zelf de enige coördinator. Dien de teksten zelf opnieuw in."
ASK_THE_OTHERS = (
    "Geen andere coördinator heeft een kanaal dat werkt. Bel een van hen, of dien de teksten zelf "
    "opnieuw in."
)
ASK_SUBJECT = "Een goedkeurder vraagt de teksten terug"

#: the mail to an approver of which the facts changed
CHANGED_SUBJECT = "Wat u kreeg voorgelegd, veranderde"
AT_THE_DESK = 'Lezen, en vragen om opnieuw indienen, kan <a href="{page}">op de werkpagina\'s</a>.'

#: a closing text that did not leave at its moment
CLOSING_HELD = "De afsluiting ging niet uit"
#: where looking at the signals went wrong
NOT_LOOKED = (
    "Schakel kon niet nagaan of er een signaal bij kwam. Kijk zelf bij de signalen, en laat haar "
    "dan doorgaan."
)
OTHERS_ANSWER = "Een coördinator of duider beantwoordt signalen."
#: why a closing text was stopped, after *Gestopt:*
#: after *Ga door* on what a back-up stopped, which may have left already
GO_ON_SURE = "Ja, ga door"
#: after *Ga door*, when the promised update is over
WITHOUT_PROMISE = "Het verzenden gaat door, zonder de beloofde update: dat moment is voorbij."

#: for who decides about a version that was decided; ``state`` is one of those below
APPROVED_BY = "{who} keurde deze tekst al goed, {at}. {state}"
YOU, SOMEBODY = "U", "Iemand anders"
ON_ITS_WAY = "De tekst is onderweg."
IS_SENT = "De tekst is verzonden."
GOES_AT = "De tekst gaat uit op {at}."
STANDS = {
    "stopped": "Het verzenden is gestopt.",
    "halted": "Het verzenden is gestopt.",
    "rest_off": "Wat nog niet weg was, is afgezegd.",
    "corrected": "Er ging later een correctie op uit.",
    "retracted": "De tekst is later ingetrokken.",
}
#: by the step that took it from the approvers
TAKEN_FROM_APPROVERS = {
    "briefing_called_off": "{who} zei deze tekst af, {at}. Er gaat niets uit.",
    "briefing_withdrawn": "{who} trok deze versie in, {at}. Er gaat niets uit.",
    "briefing_sent_back": "{who} stuurde deze tekst terug met een opmerking, {at}.",
    "approval_voided": "Er veranderde iets, {at}: lees de nieuwe teksten.",
    "submission_voided": "Er veranderde iets na het indienen, {at}: lees de nieuwe teksten.",
}
REMARK_TOO_LATE = "Uw opmerking is niet verstuurd. {why}"

#: to the coordinators: why a text was not approved that nobody changed a word of
STALLED_SUBJECT = "Een tekst is nog niet goedgekeurd"
STALLED = {
    "list_changed": "Na het indienen veranderde wie op de lijst staat voor deze tekst. De "
    "goedkeurder leest de vraag opnieuw, met de aantallen van nu. U hoeft niet opnieuw in te "
    "dienen.",
    "no_recipients": "Niemand die deze tekst krijgt, is nu te bereiken via Telegram of mail. De "
    "tekst ligt nog ter goedkeuring. Bel wie het moet weten, of zorg voor een kanaal dat werkt.",
}
ASKED_ANEW = "Deze vraag is veranderd. Lees haar opnieuw."
READ_REQUEST = "Lees de vraag opnieuw"

"""Dutch words of the draft of a rondbrief."""

from signals.help_rows import HelpKind
from signals.rows import OutcomeCode

TITLE = "Wat wij deden met wat u vertelde"
INTRO = "Dit is de rondbrief over {period}. U leest wat wij hoorden en wat er daarna gebeurde."
TOLD = "Zo veel organisaties vertelden ons wat zij merkten: {count}."
NOTHING = "In deze tijd vertelde niemand ons wat hij merkte. Ook dat is goed om te weten."
OUTCOMES = "Dit deden wij ermee:"
#: with how many organisations heard so
OUTCOME = "- {what} Aantal organisaties: {count}."
DID = {
    OutcomeCode.A: "Wij deden er zelf iets aan.",
    OutcomeCode.B: "Wij bekeken signalen samen.",
    OutcomeCode.C: "Wij gaven signalen door, met toestemming.",
    OutcomeCode.D: "Soms was geen actie nodig. Wie een antwoord wilde, hoorde waarom.",
    OutcomeCode.E: "Over sommige signalen mogen wij niet meer zeggen.",
    OutcomeCode.F: "Wij gaven informatie.",
    OutcomeCode.G: "Wij deelden een goed voorbeeld.",
}
EVENTS = "Over zo veel gebeurtenissen stuurden wij u een bericht: {count}."
LESSONS = "Dit doen wij nu anders:"
HELP = "Leden helpen elkaar met vraag en aanbod. Nu staat er open:"
HELP_LINE = "- {kind}: {topic}. Aantal: {count}."
HELP_DONE = "Zo vaak is hulp geregeld: {count}."
DATES = "Op de agenda:"
OVERLEG = "- {day}: het overleg."
MOMENT = "- {day}: {name}."
LAST = "Merkt u iets, of hebt u een vraag? Vertel het op uw eigen pagina."
KINDS = {HelpKind.ASKED: "gevraagd", HelpKind.OFFERED: "aangeboden"}
QUARTER = "{first} tot en met {last} {year}"
MONTH = "{month} {year}"

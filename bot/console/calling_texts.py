"""Dutch words of the list *bel deze mensen*, and of quiet hours."""

from contacts.call_list import Call
from contacts.calling import CallReason

REASONS = {
    CallReason.NO_CHANNEL: "geen werkend kanaal",
    CallReason.FAILED: "bericht kwam niet aan",
    CallReason.SILENT: "geen reactie",
}
ALSO_BACKUP = "geen reactie, ook niet van de vervanger"
NEED = ("1 persoon bellen", "{count} mensen bellen")
HOURS_LIKE_THIS = "Vul beide tijden in, zoals 22.00 en 07.00, of laat beide leeg."


def why_call(call: Call) -> str:
    """Why somebody must be called; the back-up is named only where one had the text. Pure."""
    is_both = call.why is CallReason.SILENT and call.backup_had_it
    return ALSO_BACKUP if is_both else REASONS[call.why]

"""Dutch words of the list *bel deze mensen*, and of quiet hours."""

from contacts.calling import CallReason

REASONS = {
    CallReason.NO_CHANNEL: "geen werkend kanaal",
    CallReason.FAILED: "bericht kwam niet aan",
    CallReason.SILENT: "geen reactie, ook niet van de vervanger",
}
NEED = ("1 persoon bellen", "{count} mensen bellen")
HOURS_LIKE_THIS = "Vul beide tijden in, zoals 22.00 en 07.00, of laat beide leeg."

"""Dutch of what was decided about an alert, for who comes later."""

#: by what the journal calls it
DECIDED = {
    "event_confirmed": "bevestigd door {who}, {at}",
    "event_dismissed": "niet relevant volgens {who}, {at}",
    "event_merged": "hoort bij een andere gebeurtenis, volgens {who}, {at}",
}
WITH_REASON = "{what} (reden: {reason})"
WITH_KEPT = "{what} ({title})"
ALREADY = "Over “{title}” is al besloten: {what}."
A_COLLEAGUE = "een collega"

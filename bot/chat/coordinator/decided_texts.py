"""Dutch of what was decided about an alert, for who comes later."""

#: by what the journal calls it
DECIDED = {
    "event_confirmed": "Over deze gebeurtenis is al besloten: bevestigd door {who}, {at}.",
    "event_dismissed": "Over deze gebeurtenis is al besloten: niet relevant volgens {who}, {at}.",
    "event_merged": "Over deze gebeurtenis is al besloten: hoort bij een andere, volgens {who}, "
    "{at}.",
}
A_COLLEAGUE = "een collega"

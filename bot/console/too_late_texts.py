"""Dutch of the page that says that an act came too late."""

THE_PAGE = "deze pagina, zoals die nu is"
SOMETHING = "er veranderde iets"
WITH_REASON = "{what}, reden: {reason}"
SOMEBODY = "iemand anders"
#: the newest thing that was done, the reader did
OWN = (
    "Deze pagina was niet meer van nu",
    "U veranderde hier zelf al iets. Wat u nu koos, is niet gedaan en niet opgeslagen.",
)

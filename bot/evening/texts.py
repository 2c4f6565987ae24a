"""Dutch words of the evening, for both faces."""

TOMORROW = "morgen {clock}"
TODAY, THIS_EVENING, TONIGHT = "vandaag", "vanavond", "vannacht"

#: parts of a sent text beside its facts, on a button and in a list
AROUND = {
    "band": "Band met de stad: {words}",
    "duiding": "Openbare woorden: {words}",
    "titel": "De titel: {words}",
    "alles": "De hele tekst, of een vaste zin erin",
}

BY_HAND = "Eigen woorden voor {audience}: {words}"

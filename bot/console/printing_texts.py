"""Dutch words of what is printed."""

#: somebody who keeps the file sees in its name that nothing in it happened
EXERCISE_FILE = "OEFENING-{name}"
#: the words of the link in ``gedeeld/signalen.j2``, and what stands there on paper
HERE = "hier in één minuut"
HERE_ON_PAPER = "met de link in het bericht van Schakel, in één minuut"
HERE_WITH_CODE = "met de code hieronder, in één minuut"
CODE_ALT = "QR-code met het adres hiernaast"
CODE_WITHIN = (
    "Alleen voor binnen uw organisatie: wie deze code heeft, kan namens u iets laten weten."
)

#: above a version that was followed by another one
OLD_MARK = "Verouderd: er is een nieuwere tekst. Gebruik die."
CLOSED_MARK = "Afgesloten op {moment}. De laatste tekst is de afsluiting."

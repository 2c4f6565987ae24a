"""Dutch words of a question from practice and a good example."""

from signals.rows import ToldAs

HINTS = {
    ToldAs.QUESTION: (
        "Wat komt u tegen in uw werk, en wat wilt u weten? Bijvoorbeeld: hoe begin ik een gesprek "
        "als een groep niet wil praten?"
    ),
    ToldAs.EXAMPLE: (
        "Wat ging goed, en wat hielp? Bijvoorbeeld: een gesprek dat rust bracht in de groep."
    ),
}
ABOUT = "Versturen bij {event}"
SEND_LOOSE = "Versturen, los"
#: on a page, when the form is not complete
LIKE_THIS = "Kies wat u wilt vertellen, en schrijf één of twee zinnen van hooguit {longest} tekens."

"""Dutch words about sources at the desk."""

from feeds.standing import Reach, Trust

TRUSTS = {
    Trust.OFFICIAL: "officieel: mag bevestigen",
    Trust.REGIONAL: "regionaal nieuws",
    Trust.NATIONAL: "landelijk nieuws",
    Trust.SECONDARY: "secundair: alleen om mee te tellen",
}
REACHES = {
    Reach.WIDE: "groot bereik",
    Reach.ORDINARY: "gewoon bereik",
    Reach.SMALL: "klein bereik: telt half als iets groeit",
}
#: where the row of a source already says what it is
REACH_SHORT = {Reach.WIDE: "groot bereik", Reach.SMALL: "klein bereik"}
NAME_MISSING = "Geef de bron een naam."
ADDRESS_LIKE_THIS = (
    "Een adres begint met https:// (of http://), bijvoorbeeld https://voorbeeld.nl/feed."
)
THERE_ALREADY = "Deze bron staat er al."

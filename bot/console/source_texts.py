"""Dutch words about sources at the desk."""

from feeds.rows import Trust

TRUSTS = {
    Trust.OFFICIAL: "officieel: mag bevestigen",
    Trust.REGIONAL: "regionaal nieuws",
    Trust.NATIONAL: "landelijk nieuws",
    Trust.SECONDARY: "secundair: alleen om mee te tellen",
}
NAME_MISSING = "Geef de bron een naam."
ADDRESS_LIKE_THIS = (
    "Een adres begint met https:// (of http://), bijvoorbeeld https://voorbeeld.nl/feed."
)
THERE_ALREADY = "Deze bron staat er al."

"""Dutch words of the public page with totals."""

#: in the order of ``public_totals.totals_of``
LINES = (
    "Gebeurtenissen die als ingrijpend zijn bevestigd",
    "Organisaties die het bericht nog dezelfde dag hadden",
    "Organisaties op de lijst die te bereiken zijn",
    "Organisaties die ons vertelden wat zij merkten (lichte signalen)",
    "Vragen om antwoord die op tijd een antwoord kregen",
    "Lessen die zijn uitgevoerd",
    "Lessen die een tekst veranderden",
    "Keren dat het overleg bij elkaar kwam",
)
OF = "{count} van {total}"
NONE = "geen"
UNKNOWN = "niet gemeten"

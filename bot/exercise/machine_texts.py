"""Dutch of what the machine plays in an exercise."""

from contacts.directory import Domain

NAME = "gespeeld door de machine"
ORGANISATION = "Oefening: verzonnen {domain}"
DOMAINS = {
    Domain.MUNICIPALITY: "gemeente",
    Domain.SAFETY: "partner veiligheid",
    Domain.CARE_WELFARE: "partner zorg en welzijn",
    Domain.EDUCATION: "school",
    Domain.CIVIL: "maatschappelijke organisatie",
}
SENT_BACK = (
    "De machine die goedkeurt, mag dit niet goedkeuren: een regel houdt de tekst tegen. Pas aan "
    "wat de pagina Goedkeuren noemt en dien opnieuw in."
)
APPROVED = "De machine keurde dit goed."

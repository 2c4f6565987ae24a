"""Dutch words of the rondbrief at the desk and on its way."""

from briefings.learning.digest_rows import DigestStatus

STATUSES = {
    DigestStatus.DRAFT: "concept",
    DigestStatus.SUBMITTED: "wacht op goedkeuring",
    DigestStatus.SENT: "verzonden",
}
REFUSED = {
    "empty": "Vul een titel en een tekst in.",
    "long": "Houd de titel bij 60 tekens en de tekst bij 2800.",
    "person": "Hierin lijkt een persoon herkenbaar. Er is niets bewaard. Schrijf het zonder namen.",
    "place": "Haal de code tussen %% weg. Daar zou een persoonlijke link komen te staan.",
}
BLOCKED = "De tekst kan zo niet weg. Pas haar eerst aan."
OWN = "Wie schreef of indiende, keurt niet goed. Vraag een andere goedkeurder of coördinator."
NOBODY = "Er is nu niemand op de lijst die dit kan krijgen."
LINK = "Naar uw eigen pagina"
MAIL_LAST = "Teruglezen en iets vertellen: {link}"
WAITS_TITLE = "Een rondbrief wacht op goedkeuring"
WAITS = "De rondbrief over {period} is ingediend. Lees hem na. Daarna gaat hij naar alle leden."
WAITS_PAGE = "Nalezen en goedkeuren: {page}"
REMIND_TITLE = "Er is nog geen rondbrief"
REMIND_WHY = "{period} is voorbij. De leden hoorden nog niet wat er met hun signalen gebeurde."
REMIND_PAGE = "Een concept uit de cijfers maakt u op de pagina Rondbrief: {page}"

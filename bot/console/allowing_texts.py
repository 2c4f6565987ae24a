"""Dutch of the page Namen die geen persoon zijn."""

from signals.allowed_names import WhyNot

WHY_NOT = {
    WhyNot.LENGTH: "Geef een naam van 2 tot {longest} tekens.",
    WhyNot.NO_NAME: "Dit is geen naam van een plek of organisatie. Nummers, adressen en accounts "
    "laat het filter nooit door.",
    WhyNot.FIRST_NAME: "“{name}” is ook een voornaam. Zet erbij wat het is, bijvoorbeeld: café "
    "{name}. Anders laat het filter teksten over een persoon door.",
    WhyNot.SURNAME: "“{name}” is ook een achternaam. Zet erbij wat het is, bijvoorbeeld: winkel "
    "{name}. Anders laat het filter teksten over een persoon door.",
    WhyNot.WHOLE_NAME: "“{name}” lijkt de naam van een persoon. Zet erbij wat het is, zoals: "
    "basisschool {name}.",
    WhyNot.KNOWN: "“{name}” staat al op de lijst.",
    WhyNot.FULL: "De lijst is vol. Haal eerst een naam weg die niet meer nodig is.",
}

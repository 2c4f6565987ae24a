"""Dutch words of the page *Wie vindt wie*."""

from contacts.directory import Domain
from contacts.meeting import Way

PERIODS = {"kwartaal": "laatste 13 weken", "jaar": "laatste 52 weken"}
WAYS = {
    Way.TAKEN_UP: "vraag of aanbod opgepakt",
    Way.LOOKED_UP: "contact opgezocht",
    Way.TOLD: "verteld aan de gemeente",
    Way.IN_GROUP: "samen in een groep van leden",
}
#: the published shares in words first: of seven to 27 people a percentage is not precise
SAID = {
    (Domain.CARE_WELFARE, Domain.MUNICIPALITY): "ruim de helft",
    (Domain.EDUCATION, Domain.MUNICIPALITY): "minder dan de helft",
    (Domain.CARE_WELFARE, Domain.SAFETY): "bijna de helft",
    (Domain.EDUCATION, Domain.SAFETY): "een op de vijf",
}
PUBLISHED = "{said} (rond {percent} %, n = {n})"
NOT_PUBLISHED = "niet gepubliceerd"
SOURCE = (
    "Al doende leren. Een evaluatie van de Arnhemse radicaliseringsaanpak (Universiteit Utrecht, "
    "4 september 2019), figuur 2.2"
)
ABOUT_2019 = (
    "Deel van de respondenten dat in de vijf jaar ervoor ten minste elk jaar contact had over "
    "radicalisering. De groepen zijn klein; n is hoeveel mensen van het domein meededen. Bij "
    "onderwijs kan het percentage daar niet over gaan, en het rapport zegt niet over hoeveel "
    "mensen wel. Lees het als een indruk."
)
NO_SHARE = "te weinig"
SHARE = "ongeveer {percent} %"
BLOCK = "{first} tot {last}"
FILE_NAME = "wie-vindt-wie"
PART_NOW, PART_2019, PART_SHARE, PART_WAYS = (
    "Langs Schakel", "Gepubliceerd in 2019", "Via de gemeente", "Hoe",
)  # fmt: skip
FROM_TO = "van {one} naar {other}"
UNIT_CONTACTS, UNIT_SHARE_2019, UNIT_SHARE = (
    "contacten", "deel van respondenten (figuur 2.2)", "deel van contacten",
)  # fmt: skip

"""A list to start from: made-up organisations with roles for names, in the wijken of the city."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from contacts.importing import places, texts
from contacts.importing.exporting import Kind, write_rows

#: (organisation, domain, internal contact, school types, its people); a person is (name,
#: function, audiences, roles, address). Addresses are in domains that are kept for examples.
_ORGANISATIONS = (
    ("Voorbeeld: gemeente", "gemeente", "", "", (
        ("Coördinator", "communicatie", "geen", "coördinator", "coordinator@example.nl"),
        ("Goedkeurder", "adviseur jeugd", "geen", "goedkeurder | duider", "goedkeurder@example.nl"),
    )),
    ("Voorbeeld: middelbare school", "onderwijs", "zorgcoördinator", "vo", (
        ("Mentor", "mentor", "docent", "", "mentor@example.nl"),
        ("Rector", "rector", "schoolleiding", "", "rector@example.nl"),
        ("Teamleider", "teamleider", "docent | schoolleiding", "", "teamleider@example.nl"),
    )),
    ("Voorbeeld: basisschool", "onderwijs", "intern begeleider", "po", (
        ("Leerkracht", "leerkracht groep 8", "docent", "", "groep8@example.nl"),
        ("Directeur", "directeur", "schoolleiding", "", "directie@example.nl"),
    )),
    ("Voorbeeld: jongerenwerk", "zorg & welzijn", "teamleider", "", (
        ("Jongerenwerker", "jongerenwerker", "jongerenwerk", "", "jongerenwerk@example.org"),
    )),
    ("Voorbeeld: gebedshuis", "maatschappelijk", "bestuur", "", (
        ("Bestuur", "functioneel adres", "religieus", "", "bestuur@example.org"),
    )),
    ("Voorbeeld: wijkteam", "zorg & welzijn", "teamleider", "", (
        ("Wijkteamlid", "sociaal wijkteam", "wijkteam", "", "wijkteam@example.org"),
    )),
    ("Voorbeeld: politie", "veiligheid", "teamchef", "", (
        ("Wijkagent", "wijkagent", "politie", "", "wijkagent@example.org"),
    )),
    ("Voorbeeld: sportclub", "maatschappelijk", "bestuur", "", (
        ("Bestuurslid", "vrijwilliger", "cultureel", "", ""),
    )),
)  # fmt: skip
#: the organisation with two places, to show how those are written
_WITH_SITES = "Voorbeeld: middelbare school"


def example_list(districts: Sequence[tuple[str, str]]) -> bytes:
    """The example as CSV, with every column that the list knows. Pure.

    :param districts: CBS code and name of the city's wijken; without any the cells stay empty.
    """
    wijken = cycle(districts or [("", "")])
    rows: list[dict[str, str]] = []
    for organisation, domain, inside, school, people in _ORGANISATIONS:
        _, wijk = next(wijken)
        sites = _sites(districts) if organisation == _WITH_SITES else ""
        rows += [
            dict.fromkeys(texts.HEADERS, "")
            | {
                "organisation": organisation, "domain": domain, "school_types": school,
                "internal_contact": inside, "district": "" if domain == "gemeente" else wijk,
                "sites": sites, "name": name, "function": function, "audiences": audiences,
                "roles": roles, "email": email, "language": "nl",
            }
            for name, function, audiences, roles, email in people
        ]  # fmt: skip
    return write_rows(rows, Kind.CSV)


def _sites(districts: Sequence[tuple[str, str]]) -> str:
    """By code: a name may hold a comma or a bracket, which mean something in this cell."""
    codes = [code for code, _ in districts[:2]]
    if len(codes) < 2:
        return ""
    return places.sites_cell([("Hoofdgebouw", codes[0], True), ("Dependance", codes[1], False)])

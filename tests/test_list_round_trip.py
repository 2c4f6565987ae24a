"""A list that is taken out and brought in again says the same, whatever stands in it."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.cells import clean
from contacts.directory import Domain, SchoolType
from contacts.importing import read_contacts
from contacts.importing.exporting import AUDIENCES, DOMAINS, Kind, kinds, write_rows
from contacts.importing.lines import ContactRow
from contacts.importing.places import sites_cell
from contacts.importing.texts import ROLES
from feeds.districts import districts

_SIGNS = string.ascii_letters + string.digits + "éëïöüçÉ .,;:'\"()&/@+-=|\\"
_WORDS = st.text(_SIGNS, min_size=1, max_size=40).map(clean).filter(lambda said: said.strip())
#: a cell that holds several parts them by this sign, so no part can hold it
_PART = _WORDS.map(lambda said: clean(said.replace("|", " "))).filter(bool)
_PHONE = st.from_regex(r"0[1-9][0-9]{1,2} [0-9]{6,7}", fullmatch=True)
_MAIL = st.from_regex(r"[a-z]{1,9}\.[a-z0-9]{1,9}@[a-z]{2,9}\.example", fullmatch=True)


def cell(some: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | some


NO_SCHOOL = {"school_types": "", "sites": "", "municipality": ""}
SITES = st.lists(
    st.tuples(_PART, st.none() | st.sampled_from([code for code, _ in districts()]), st.booleans()),
    max_size=3,
    unique_by=lambda site: site[0].lower(),
)


def a_school() -> st.SearchStrategy[dict[str, str]]:
    types = st.lists(st.sampled_from([one.value for one in SchoolType]), unique=True)
    return st.fixed_dictionaries(
        {
            "school_types": types.map(" | ".join),
            "sites": SITES.map(sites_cell),
            "municipality": st.just(""),
        }
    )


OF_A_DOMAIN: dict[str, st.SearchStrategy[dict[str, str]]] = {
    DOMAINS[Domain.EDUCATION]: a_school(),
    DOMAINS[Domain.MUNICIPALITY]: st.fixed_dictionaries(
        {"school_types": st.just(""), "sites": SITES.map(sites_cell), "municipality": cell(_WORDS)}
    ),
}


@st.composite
def a_row(draw: st.DrawFn) -> dict[str, str]:
    """One person as the export writes them."""
    audiences = draw(st.lists(st.sampled_from(sorted(AUDIENCES)), min_size=1, unique=True))
    roles = draw(st.lists(st.sampled_from(sorted({role.value for role in ROLES.values()})),
                          unique=True))  # fmt: skip
    domain = draw(st.sampled_from(list(DOMAINS.values())))
    return {
        "organisation": draw(_WORDS),
        "domain": domain,
        "name": draw(_WORDS),
        "audiences": " | ".join(audiences),
        "function": draw(cell(_WORDS)),
        "email": draw(cell(_MAIL)),
        "phone": draw(cell(_PHONE)),
        "language": draw(st.sampled_from(("nl", "en", "ar"))),
        "district": draw(cell(st.sampled_from([code for code, _ in districts()]))),
        "roles": " | ".join(roles),
        "groups": " | ".join(draw(st.lists(_PART, max_size=3, unique=True))),
        "internal_contact": draw(cell(_WORDS)),
        "mailbox": draw(cell(_MAIL)),
        "organisation_phone": draw(cell(_PHONE)),
        "consent": "29-11-2026",
        **draw(OF_A_DOMAIN.get(domain, st.just(NO_SCHOOL))),
    }


def said(row: ContactRow) -> ContactRow:
    """Without the number of its line, which a list of cards counts otherwise."""
    return replace(row, line=0)


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind is not Kind.CSV])
@given(row=a_row())
def test_every_form_reads_back_as_the_same_person(kind: Kind, row: dict[str, str]) -> None:
    plain = read_contacts(write_rows([row], Kind.CSV))
    other = read_contacts(write_rows([row], kind))
    assert plain.errors == other.errors == ()
    assert [said(one) for one in other.rows] == [said(one) for one in plain.rows]


@given(row=a_row())
def test_what_was_written_is_what_is_read(row: dict[str, str]) -> None:
    [read] = read_contacts(write_rows([row], Kind.CSV)).rows
    for name in ("organisation", "name", "function", "language"):
        assert getattr(read, name) == row[name]
    for name in ("email", "phone", "district", "internal_contact", "mailbox", "municipality"):
        assert (getattr(read, name) or "") == row[name]
    assert " | ".join(read.school_types) == row["school_types"]
    assert sites_cell((one.name, one.district, one.can_host) for one in read.sites) == row["sites"]
    assert " | ".join(read.groups) == row["groups"]
    assert " | ".join(one.value for one in read.audiences) == row["audiences"]
    assert {one.value for one in read.roles} == set(filter(None, row["roles"].split(" | ")))

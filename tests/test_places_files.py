"""Another city is another file: choosing it, checking it, and what it does to the same report."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from feeds.chosen_place import (
    SHIPPED,
    NoSuchPlaceError,
    choose,
    chosen,
    shipped,
)
from feeds.districts import districts, shape_codes
from feeds.gazetteer_check import Fault, check
from feeds.lexicon import load_lexicon, ordinary_words
from feeds.lexicon_entries import Gazetteer
from feeds.relevance import Judgement, score_item
from feeds.standing import Trust

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _arnhem_again() -> Iterator[None]:
    yield
    choose()


def judged(title: str) -> Judgement:
    return score_item(title, "", trust=Trust.NATIONAL, lexicon=load_lexicon())


def places(**changed: Any) -> Gazetteer:
    raw = tomllib.loads((SHIPPED / "utrecht.toml").read_text("utf-8"))
    return Gazetteer.model_validate(raw | changed)


@pytest.mark.parametrize(
    ("title", "in_arnhem", "in_utrecht"),
    [
        ("Explosie bij woning in Overvecht", "onbekend", "P0"),
        ("Explosie bij woning in Presikhaaf", "P0", "onbekend"),
        ("Explosie bij woning in Utrecht", "P3", "P1"),
        ("Explosie bij woning in Arnhem", "P1", "P3"),
        ("Explosie bij woning in Zeist", "onbekend", "P2"),
        ("Explosie bij woning in Westervoort", "P2", "onbekend"),
    ],
)
def test_the_same_report_is_near_in_one_city_and_far_in_another(
    title: str, in_arnhem: str, in_utrecht: str
) -> None:
    assert judged(title).place.proximity == in_arnhem
    choose("utrecht")
    assert judged(title).place.proximity == in_utrecht


def test_what_is_near_weighs_more_and_says_which_city() -> None:
    title = "Twee gewonden bij steekpartij in Kanaleneiland, Utrecht"
    far = judged(title)
    choose("utrecht")
    near = judged(title)
    assert near.severity > far.severity
    assert any("in of bij Utrecht" in reason.text or "plek in Utrecht" in reason.text
               for reason in near.reasons)  # fmt: skip
    assert not any("Arnhem" in reason.text for reason in near.reasons)


def test_the_wijken_are_those_of_the_city() -> None:
    assert len(districts()) == 24
    choose("utrecht")
    assert ("WK034403", "Overvecht") in districts()


def test_a_file_of_ones_own_is_found_beside_the_configuration(tmp_path: Path) -> None:
    mine = tmp_path / "plaatsen.toml"
    mine.write_text((SHIPPED / "utrecht.toml").read_text("utf-8"), "utf-8")
    choose("plaatsen.toml", beside=tmp_path)
    assert chosen().places == mine
    with pytest.raises(NoSuchPlaceError):
        choose("nergens.toml", beside=tmp_path)
    assert chosen().places == mine


@pytest.mark.parametrize("city", shipped())
def test_the_shipped_cities_have_no_faults(city: str) -> None:
    found = check(
        Gazetteer.model_validate(tomllib.loads((SHIPPED / f"{city}.toml").read_text("utf-8"))),
        ordinary=ordinary_words(), shapes=shape_codes(),
    )  # fmt: skip
    assert [one for one in found.findings if one.fault.is_wrong] == []
    assert found.unchecked_wijken > 0


WIJK = {"code": "WK034403", "naam": "Overvecht", "termen": ["overvecht"], "te_controleren": True}


@pytest.mark.parametrize(
    ("wijken", "fault"),
    [
        ([WIJK, WIJK | {"code": "WK034404", "naam": "Noordoost"}], Fault.DOUBLE),
        ([WIJK, WIJK | {"naam": "Noordoost", "termen": ["tuindorp"]}], Fault.DOUBLE_CODE),
        ([WIJK | {"code": "overvecht"}], Fault.BAD_CODE),
        ([WIJK | {"code": "WK020201"}], Fault.OTHER_CITY),
        ([WIJK | {"termen": []}], Fault.NO_TERMS),
        ([WIJK | {"termen": ["brand"]}], Fault.AMBIGUOUS),
        ([WIJK], Fault.NO_MAP),
    ],
)
def test_each_mistake_is_found(wijken: list[dict[str, Any]], fault: Fault) -> None:
    found = check(places(wijken=wijken), ordinary=["brand"])
    assert fault in {one.fault for one in found.findings}
    assert found.is_wrong == fault.is_wrong


def test_a_mark_of_doubt_on_nothing_is_told() -> None:
    found = check(places(ambigu={"termen": ["nergensland"]}))
    assert "nergensland" in {one.what for one in found.findings if one.fault is Fault.UNUSED}


def test_a_wijk_that_the_map_lacks_is_told() -> None:
    two = [WIJK, WIJK | {"code": "WK034404", "naam": "Noordoost", "termen": ["tuindorp"]}]
    found = check(places(wijken=two), shapes=["WK034403"])
    assert [one.what for one in found.findings if one.fault is Fault.NO_SHAPE] == ["WK034404"]


def test_a_wijk_that_only_the_map_has_is_told() -> None:
    found = check(places(wijken=[WIJK]), shapes=["WK034403", "WK034409", "WK020201"])
    assert [one.what for one in found.findings if one.fault is Fault.NO_WIJK] == ["WK034409"]


def test_the_command_looks_a_file_over(tmp_path: Path) -> None:
    good = RUNNER.invoke(app, ["feeds", "gazetteer", "utrecht"])
    assert good.exit_code == 0, good.output
    assert "Utrecht (utrecht.toml): 10 wijken" in good.stdout
    assert "Te controleren: 10 wijken" in good.stdout
    bad = tmp_path / "stad.toml"
    text = (SHIPPED / "utrecht.toml").read_text("utf-8")
    bad.write_text(text.replace('"WK034401"', '"WK034402"'), "utf-8")
    done = RUNNER.invoke(app, ["feeds", "gazetteer", str(bad)])
    assert done.exit_code == 1
    assert "Fout: code WK034402" in done.stdout
    missing = RUNNER.invoke(app, ["feeds", "gazetteer", "atlantis"])
    assert missing.exit_code == 2
    assert "arnhem, utrecht" in missing.stderr


def test_a_configuration_may_name_its_city(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[feeds]\nplace = "utrecht"\n', "utf-8")
    done = RUNNER.invoke(app, ["feeds", "gazetteer", "--config", str(config)])
    assert done.exit_code == 0, done.output
    assert "Utrecht" in done.stdout
    config.write_text('[feeds]\nplace = "atlantis"\n', "utf-8")
    wrong = RUNNER.invoke(app, ["feeds", "gazetteer", "--config", str(config)])
    assert wrong.exit_code == 2
    assert "atlantis" in wrong.stderr


def test_a_list_of_another_city_is_read_with_its_own_wijken_by_a_process_that_just_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = "Utrecht\n@stad_oefen_bot\n\nhttps://schakel.example.org/\nCoördinator\n"
    for words in (["init"], ["contacts", "example", "v.csv"], ["contacts", "import", "v.csv"]):
        choose()  # as every process begins
        done = RUNNER.invoke(app, words, input=answers if words == ["init"] else None)
        assert done.exit_code == 0, done.output
    assert "wijk" not in done.output

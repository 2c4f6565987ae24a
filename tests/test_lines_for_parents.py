"""Whether parents read a line of the meldkaart is said by the city; only unsaid it is guessed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from briefings.examples import example_sheet
from briefings.render import render_text
from briefings.settings import BriefingSettings, CityLine, unfit_for_parents, unsaid_for_parents
from briefings.texts import FOR_PARENTS
from contacts.directory import Audience
from tests.briefings_cast import SETTINGS

ROOT = Path(__file__).parents[1]
#: neither has a word that gives it away as it should
STAFF = CityLine(label="Bereikbaarheidsdienst", text="Voor besturen.", phone="000", at_work=True)
ALL = CityLine(label="Steunpunt", text="Voor elke leerling en ouder.", phone="111", at_work=False)


def parents_read(*lines: CityLine) -> str:
    sheet = example_sheet(
        "arrestatie", SETTINGS.model_copy(update={"meldkaart": list(lines)})
    )  # fmt: skip
    return render_text(sheet, Audience.PARENTS).plain


def test_what_the_city_says_goes_before_what_the_words_look_like() -> None:
    text = parents_read(STAFF, ALL)
    assert "Bereikbaarheidsdienst" not in text
    assert text.count(FOR_PARENTS) == 1
    assert "Steunpunt: Voor elke leerling en ouder, 111" in text
    unsaid = ALL.model_copy(update={"at_work": None})
    assert "Steunpunt" not in parents_read(unsaid)


def test_own_words_for_parents_stand_in_the_place_of_any_line() -> None:
    own = STAFF.model_copy(update={"for_parents": "Bel de school."})
    assert unfit_for_parents([own]) == []
    assert unsaid_for_parents([own]) == []
    assert "Bel de school." in parents_read(own)


def test_only_a_line_of_which_nobody_said_it_is_asked_about() -> None:
    unsaid = CityLine(label="Wijkagent", phone="111")
    assert unsaid_for_parents([STAFF, ALL, unsaid]) == [unsaid]


def test_every_line_that_we_ship_says_it() -> None:
    shipped = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))["briefings"]
    assert unsaid_for_parents(BriefingSettings.model_validate(shipped).meldkaart) == []


def test_check_asks_for_it_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    line = '[[briefings.meldkaart]]\nlabel = "{}"\nphone = "111"\n'
    Path("config.toml").write_text(line.format("Wijkagent") + line.format("Loket"), "utf-8")
    asked = "Meldkaart: van 'Wijkagent', 'Loket' staat er niet of ouders die regel lezen."
    output = " ".join(CliRunner().invoke(app, ["check"]).output.split())
    assert asked in output
    Path("config.toml").write_text(line.format("Wijkagent") + "at_work = false\n", "utf-8")
    assert "ouders die regel lezen" not in CliRunner().invoke(app, ["check"]).output

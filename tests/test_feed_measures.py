"""``schakel feeds score|evaluate|fit`` on files, with made-up headlines."""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.main import app
from feeds.fitting import Example, Model, Settings, fit
from feeds.lexicon import load_lexicon
from feeds.sections import Section, read_section, section_of

RUNNER = CliRunner()
ATTACK = {"key": "a", "outlet": "Krant", "titles": ["Aanslag in Arnhem, doden", "Toch niets"]}
CALM = {"key": "b", "outlet": "Krant", "title": "Bibliotheek langer open", "lead": None}


def a_file(place: Path, *rows: Any, name: str = "items.jsonl") -> Path:
    path = place / name
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def call(*words: object) -> Any:
    return RUNNER.invoke(app, ["feeds", *map(str, words)])


@pytest.mark.parametrize("name", ["items.jsonl", "items.jsonl.gz"])
def test_score_judges_the_first_title_and_gives_its_reasons(tmp_path: Path, name: str) -> None:
    done = call("score", "--input", a_file(tmp_path, ATTACK, CALM, name=name))
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.exit_code == 0
    assert list(first) == ["key", "severity", "types", "proximity", "why"]
    assert (first["key"], first["severity"], first["proximity"]) == ("a", 4, "P1")
    assert "E02" in first["types"]
    assert all(set(step) == {"reason", "weight"} for step in first["why"])
    assert (second["key"], second["severity"]) == ("b", 0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "regel 2: dit is geen JSON-object"),
        ("[]", "regel 2: dit is geen JSON-object"),
        ('{"title": "x"}', "regel 2: er is geen key"),
        ('{"key": "x", "titles": []}', "regel 2: er is geen title"),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str, said: str) -> None:
    done = call("score", "--input", a_file(tmp_path, CALM, line))
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_missing_or_broken_file_is_told(tmp_path: Path) -> None:
    missing = call("score", "--input", tmp_path / "nergens.jsonl")
    broken = tmp_path / "items.jsonl.gz"
    broken.write_bytes(gzip.compress(json.dumps(CALM).encode() * 50)[:-12])
    assert (missing.exit_code, "is er niet" in missing.stderr) == (2, True)
    done = call("score", "--input", broken)
    assert (done.exit_code, "beschadigd" in done.stderr) == (2, True)


def test_evaluate_leaves_out_the_unsure_and_ends_with_json(tmp_path: Path) -> None:
    gold = a_file(
        tmp_path,
        {"key": "a", "severity": 4, "unsure": False},
        {"key": "b", "severity": 3, "unsure": True},
        {"key": "c", "severity": 0, "unsure": False},
        name="gold.jsonl",
    )
    done = call("evaluate", "--relevance", gold, "--input", a_file(tmp_path, ATTACK, CALM))
    figures = json.loads(done.stdout.splitlines()[-1])
    assert done.exit_code == 0
    assert (figures["n"], figures["missing"]) == (1, 1)
    assert (figures["precision_2"], figures["recall_2"], figures["f1_3"]) == (1.0, 1.0, 1.0)


def test_fit_writes_weights_that_can_be_read(tmp_path: Path) -> None:
    gold = a_file(
        tmp_path, {"key": "a", "severity": 4}, {"key": "b", "severity": 0}, name="gold.jsonl"
    )
    items, out = a_file(tmp_path, ATTACK, CALM), tmp_path / "weights.toml"
    done = call("fit", "--input", items, "--relevance", gold, "--output", out)
    assert done.exit_code == 0, done.output
    written = tomllib.loads(out.read_text("utf-8"))
    assert set(written["gewicht"]) <= set(load_lexicon().feature_names)


@given(
    st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.integers(0, 4)), min_size=1, max_size=30)
)
def test_no_labels_lead_the_weights_far_from_what_is_known(
    rows: list[tuple[set[str], int]],
) -> None:
    examples = [Example(dict.fromkeys(names, 1.0), severity) for names, severity in rows]
    prior = Model(0.0, {"a": 1.0, "untouched": 0.7})
    found = fit(examples, prior, Settings(pull=1e6))
    assert found.weights["a"] == pytest.approx(1.0, abs=0.01)
    assert found.weights["untouched"] == 0.7


def test_a_feature_of_heavy_items_gets_heavier() -> None:
    examples = [Example({"x": 1.0}, 3)] * 20 + [Example({}, 0)] * 20
    prior = Model(0.0, {})
    assert fit(examples, prior, Settings(pull=1.0)).weights["x"] > 1


@pytest.mark.parametrize(
    ("link", "section"),
    [
        ("https://krant.example/buitenland/1/zware-storm.html", "buitenland"),
        ("https://krant.example/aanslag-in-de-stad/1/eerste-beelden.html", "aanslag-in-de-stad"),
        ("https://krant.example/zware-storm.html", ""),
        ("https://[kapot", ""),
    ],
)
def test_the_section_is_read_from_the_address(link: str, section: str) -> None:
    assert section_of(link, load_lexicon()) == section


def test_a_section_for_one_subject_is_known_as_such() -> None:
    lexicon = load_lexicon()
    assert read_section("aanslag-in-de-stad", lexicon) is Section.OWN
    assert read_section("Buitenland", lexicon) is Section.ABROAD
    assert read_section("", lexicon) is None

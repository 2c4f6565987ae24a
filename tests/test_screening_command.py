"""``schakel signals screen`` and ``evaluate``: one line in, one line out, no word kept."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from signals.measuring import measure, read_marked
from signals.person_filter import screen

BROKEN = [
    (b"{geen json", "geen JSON"),
    (b'["een rij"]', "object"),
    (b'{"text": "zonder nummer"}', '"id"'),
    (b'{"id": true, "text": "een waarheid is geen nummer"}', '"id"'),
    (b'{"id": "2"}', '"text"'),
    (b'{"id": "2", "text": 7}', '"text"'),
    (b'{"id": "2", "text": "\xff"}', "UTF-8"),
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["signals", *words])


def written(place: Path, *rows: dict[str, Any]) -> str:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (place / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "in.jsonl"


def test_each_text_gets_one_line_with_its_spans(place: Path) -> None:
    source = written(
        place,
        {"id": "een", "text": "Ömer 😀 belde 06-12345678"},
        {"id": 2, "text": "In 3 havo is het onrustig"},
        {"id": "drie", "text": ""},
    )
    result = call("screen", "--input", source)
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "id": "een",
            "blocked": True,
            "spans": [
                {"start": 0, "end": 4, "label": "NAAM"},
                {"start": 13, "end": 24, "label": "TEL"},
            ],
        },
        {"id": 2, "blocked": False, "spans": [{"start": 3, "end": 9, "label": "KLAS"}]},
        {"id": "drie", "blocked": False, "spans": []},
    ]


def test_a_packed_file_reads_the_same(place: Path) -> None:
    row = json.dumps({"id": "1", "text": "Mail naar iemand@voorbeeld.nl"}).encode()
    (place / "in.jsonl.gz").write_bytes(gzip.compress(row))
    (place / "in.jsonl").write_bytes(b"\n" + row + b"\n\n")
    packed, plain = (call("screen", "--input", name) for name in ("in.jsonl.gz", "in.jsonl"))
    assert packed.exit_code == 0
    assert packed.stdout == plain.stdout
    assert json.loads(packed.stdout)["blocked"]


@pytest.mark.parametrize(("line", "reason"), BROKEN)
@pytest.mark.parametrize("command", [("screen", "--input"), ("evaluate", "--gold")])
def test_a_bad_line_is_named_by_its_number(
    place: Path, command: tuple[str, str], line: bytes, reason: str
) -> None:
    good = b'{"id": "1", "text": "goed", "spans": []}\n'
    (place / "in.jsonl").write_bytes(good + line + b"\n" + good)
    result = call(*command, "in.jsonl")
    assert result.exit_code == 2
    assert "Regel 2 klopt niet" in result.stderr
    assert reason in result.stderr
    assert "Regel" not in result.stdout


def test_a_file_that_only_looks_packed_is_named(place: Path) -> None:
    (place / "in.jsonl.gz").write_bytes(b'{"id": "1", "text": "niet ingepakt"}')
    result = call("screen", "--input", "in.jsonl.gz")
    assert (result.exit_code, "niet goed ingepakt" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", [("screen", "--input"), ("evaluate", "--gold")])
def test_a_file_that_is_not_there_is_named(place: Path, command: tuple[str, str]) -> None:
    result = call(*command, "nergens.jsonl")
    assert (result.exit_code, "nergens.jsonl" in result.stderr) == (2, True)


def test_the_allow_list_of_the_configuration_counts(place: Path) -> None:
    source = written(place, {"id": "1", "text": "Wij werken samen met Zonnewende Compaan"})
    (place / "config.toml").write_text('[signals]\nallow = ["Zonnewende Compaan"]\n')
    assert not json.loads(call("screen", "--input", source).stdout)["blocked"]
    (place / "config.toml").unlink()
    assert json.loads(call("screen", "--input", source).stdout)["blocked"]


def test_a_wrong_configuration_is_said(place: Path) -> None:
    source = written(place, {"id": "1", "text": "rustig"})
    (place / "config.toml").write_text('[signals]\nallow = "een naam"\n')
    result = call("screen", "--input", source)
    assert (result.exit_code, "[signals] allow" in result.stderr) == (2, True)


def test_the_figures_count_what_was_marked(place: Path) -> None:
    source = written(
        place,
        {
            "id": "a",
            "text": "Bel Hatice op 0612345678 en daarna de rest.",
            "spans": [
                {"start": 4, "end": 10, "label": "NAAM"},
                {"start": 14, "end": 24, "label": "TEL"},
                {"start": 33, "end": 40, "label": "NAAM"},
            ],
        },
        {"id": "b", "text": "rustig", "spans": [], "pii": True},
        {"id": "c", "text": "mail a@b.nl", "spans": [], "pii": False},
        {"id": "d", "text": "rustig", "spans": [{"start": 0, "end": 6, "label": "PUBLIEK"}]},
    )
    figures = measure(read_marked(Path(source)), screen)
    assert (figures.spans.found, figures.spans.wanted) == (2, 3)
    assert (figures.names.found, figures.names.wanted) == (1, 2)
    assert (figures.personal.found, figures.personal.wanted) == (1, 2)
    assert (figures.clean.found, figures.clean.wanted) == (1, 2)
    assert [(row, what) for row, what, *_ in figures.faults] == [
        ("a", "NAAM"), ("b", "niet geblokkeerd"), ("c", "vals alarm"),
    ]  # fmt: skip


def test_evaluate_shows_the_figures_and_where_it_went_wrong_without_words(place: Path) -> None:
    source = written(place, {"id": "x1", "text": "wat een geheim", "spans": [], "pii": True})
    result = call("evaluate", "--gold", source, "--faults")
    assert result.exit_code == 0
    assert "teksten met gegevens gezien" in result.stdout
    assert "x1: niet geblokkeerd 0-14" in result.stdout
    assert "geheim" not in result.stdout


def test_nothing_to_measure_is_said(place: Path) -> None:
    (place / "in.jsonl").write_text("")
    result = call("evaluate", "--gold", "in.jsonl")
    assert (result.exit_code, "geen enkele tekst" in result.stderr) == (2, True)

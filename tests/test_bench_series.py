"""What ``make bench`` runs, and what it writes of it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.bench import bench_texts, series
from bot.bench.series import Row, Run, growing
from bot.cli.main import app


def row(name: str, **figures: object) -> Row:
    return Row(Run(name, ()), figures, (0.5, 1.25))


def test_what_it_made_before_is_replaced_and_nothing_else() -> None:
    page = f"before\n{series.BEGIN}old\n{series.END}after\n"
    assert series.replaced(page, "new\n") == f"before\n{series.BEGIN}new\n{series.END}after\n"
    with pytest.raises(ValueError, match="not enough"):
        series.replaced("no marks", "new")


def test_a_row_says_each_figure_and_how_busy_the_machine_was() -> None:
    drawn = series.drawn_table(
        ("items", "rate", "ratio"), [row("the watch", items=[10, 100], rate=3.5, ratio=None)]
    )
    names, _, cells = drawn.strip().splitlines()
    assert names == "| run | items | rate | ratio | load |"
    assert cells == "| the watch | 10, 100 | 3.5 | – | 0.5–1.2 |"


def test_the_picture_has_a_line_for_each_store_of_what_grows_and_of_nothing_else() -> None:
    small, large = growing(1_000, on_postgresql=False), growing(250_000, on_postgresql=False)
    other = growing(1_000, on_postgresql=True)
    rows = [
        Row(small, {"contacts": 1_000, "rate": 960.0}, (0, 0)),
        Row(large, {"contacts": 250_000, "rate": 955.5}, (0, 0)),
        Row(other, {"contacts": 1_000, "rate": 850}, (0, 0)),
        row("100/s, 50 ms, storm", contacts=1_000, rate=17.8),
    ]
    assert series.growth_of(rows) == {
        "SQLite": [(1_000, 960.0), (250_000, 955.5)],
        "PostgreSQL": [(1_000, 850.0)],
    }


@pytest.mark.parametrize("short", [True, False])
def test_every_measurement_is_a_command_that_exists(short: bool) -> None:
    for table in series.tables(short=short):
        for one in table.runs:
            asked = CliRunner().invoke(app, ["bench", *one.words, "--help"])
            assert asked.exit_code == 0, (one.words, asked.output)


def test_the_whole_series_measures_what_the_issue_of_delivery_asks() -> None:
    said = [" ".join(one.words) for table in series.tables(short=False) for one in table.runs]
    for size in ("1000", "10000", "100000", "250000"):
        assert sum(f"--contacts {size} --rate 1000 --latency-ms 50" in one for one in said) == 2
    assert "deliver --json --contacts 10000 --rate 30 --latency-ms 50" in said
    assert "deliver --json --contacts 10000 --rate 1000 --kill 20" in said


def test_the_columns_are_figures_that_the_commands_say() -> None:
    assert set(series.MAIL.columns) <= set(bench_texts.DELIVER_ROWS) | {"contacts"}
    assert set(series.UPDATES.columns) <= set(bench_texts.UPDATES_ROWS)
    assert set(series.BUTTON.columns) <= set(bench_texts.BUTTON_ROWS)

"""The alarms that come along, and the page about them, name the figures that there are."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.console.health import late_after
from bot.console.part_texts import PARTS
from bot.settings import TickSettings

ROOT = Path(__file__).parents[1]
ALARMS = (ROOT / "docs" / "voorbeelden" / "schakel-alarmen.yml").read_text(encoding="utf-8")
CODE = (ROOT / "bot" / "console" / "metrics.py").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
FIGURES = set(re.findall(r'"(schakel_\w+)"', CODE))


def test_every_alarm_looks_at_a_figure_that_there_is_and_says_what_is_wrong() -> None:
    [group] = yaml.safe_load(ALARMS)["groups"]
    assert len(group["rules"]) >= 5
    for rule in group["rules"]:
        looked_at = set(re.findall(r"schakel_\w+", rule["expr"]))
        assert looked_at <= FIGURES
        assert looked_at or rule["expr"].startswith("up{")
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_the_page_explains_every_figure() -> None:
    table = PAGE.partition("**Cijfers.**")[2].partition("\n\n|")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(schakel_\w+)`", table, re.MULTILINE)) == FIGURES


@pytest.mark.parametrize(
    ("names", "shortest_s", "longest_s"),
    [
        (("pump_telegram", "pump_email", "poller", "worker"), 120, 120),
        (("feeds", "refresh", "alerts", "clock", "daily", "escalate"), 60, 150),
        (("mail_in", "links"), 240, 240),
        (("remind",), 960, 960),
        (("tidy", "list"), 10_800, 11_000),
    ],
)
def test_the_page_says_after_how_long_a_part_is_late(
    names: tuple[str, ...], shortest_s: int, longest_s: int
) -> None:
    """As the table of *Na hoe lang* has it."""
    for name in names:
        assert name in PARTS
        late = late_after(name, TickSettings())
        assert timedelta(seconds=shortest_s) <= late <= timedelta(seconds=longest_s), name

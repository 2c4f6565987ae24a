"""Figures for somebody who looks, beside the line of JSON for whoever counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

#: where a run has no such figure
UNKNOWN = "–"


def show_figures(title: str, rows: Mapping[str, str], figures: Mapping[str, Any]) -> None:
    """A table of those figures that have a name; a dash where this run has none."""
    table = Table("", "", title=title, show_header=False)
    for key, label in rows.items():
        if key in figures:
            table.add_row(label, UNKNOWN if figures[key] is None else str(figures[key]))
    Console().print(table)

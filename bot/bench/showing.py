"""Figures for somebody who looks, beside the line of JSON for whoever counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def show_figures(title: str, rows: Mapping[str, str], figures: Mapping[str, Any]) -> None:
    """A table of those figures that have a name."""
    table = Table("", "", title=title, show_header=False)
    for key, label in rows.items():
        if key in figures:
            table.add_row(label, str(figures[key]))
    Console().print(table)

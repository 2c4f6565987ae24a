"""Draws the share of organisations that can be reached over two years, as an SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from bot.bench import years_texts as texts

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 40, 40
#: the share of organisations that must be reachable on every day
GOAL = 0.9
#: nothing rests on colour alone
DASHES = {True: "none", False: "8 4"}
COLOURS = {True: "#154273", False: "#6b4f00"}


@dataclass(frozen=True, slots=True)
class Line:
    """One course of the list: (day, share from 0 to 1), oldest first."""

    is_kept: bool
    shares: Sequence[tuple[date, float]]


def drawing(lines: Sequence[Line]) -> str:
    """Both courses over the same days, with the goal."""
    first, last = lines[0].shares[0][0], lines[0].shares[-1][0]
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{escape(texts.LABEL)}" font-family="sans-serif" font-size="13">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-weight="bold">{escape(texts.TITLE)}</text>',
        *_grid(first, last),
    ]
    for place, line in enumerate(lines):
        points = " ".join(
            f"{_x(day, first, last):.1f},{_y(share):.1f}" for day, share in line.shares
        )
        look = f'stroke="{COLOURS[line.is_kept]}" stroke-dasharray="{DASHES[line.is_kept]}"'
        name = texts.WITH_CARE if line.is_kept else texts.WITHOUT
        y = HEIGHT - BOTTOM - 20 - 20 * place
        parts += [
            f'<polyline points="{points}" fill="none" stroke-width="2.5" {look}/>',
            (
                f'<line x1="{LEFT + 12}" x2="{LEFT + 52}" y1="{y}" y2="{y}" '
                f'stroke-width="2.5" {look}/>'
            ),
            f'<text x="{LEFT + 60}" y="{y + 4}">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def _grid(first: date, last: date) -> list[str]:
    parts = []
    for percent in (0, 25, 50, 75, 100):
        y = _y(percent / 100)
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#cccccc"/>',
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{percent}%</text>',
        ]
    goal = _y(GOAL)
    parts += [
        (
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{goal}" y2="{goal}" stroke="#275937" '
            'stroke-dasharray="2 4"/>'
        ),
        f'<text x="{WIDTH - RIGHT}" y="{goal + 16}" text-anchor="end">{escape(texts.GOAL)}</text>',
    ]
    for year in range(first.year, last.year + 1):
        for month in (1, 7):
            day = date(year, month, 1)
            if first <= day <= last:
                x = _x(day, first, last)
                label = f"{day.month}-{day.year}"
                parts.append(
                    f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{label}</text>'
                )
    return parts


def _x(day: date, first: date, last: date) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / max((last - first).days, 1)


def _y(share: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)

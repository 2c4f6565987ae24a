"""Draws how the rate holds as the number of contacts grows, as an SVG. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from bot.bench import bench_texts as texts

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 50, 50
#: between the title and the highest line of the grid, so that nothing runs through it
LEGEND = 42
TOP_RATE = 1100.0
#: one dash per line, so that nothing rests on colour alone
DASHES = ("none", "8 4", "2 4")
COLOURS = ("#154273", "#6b4f00", "#275937")

Points = Sequence[tuple[int, float]]


def curves(lines: Mapping[str, Points]) -> str:
    """One line per store; ``lines`` holds (contacts, messages per second), smallest first."""
    every = [contacts for points in lines.values() for contacts, _ in points]
    low, high = min(every), max(every)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{escape(texts.CURVES_LABEL)}" font-family="sans-serif" font-size="13">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-weight="bold">{escape(texts.CURVES_TITLE)}</text>',
        *_grid(sorted(set(every)), low, high),
    ]
    for index, (name, points) in enumerate(lines.items()):
        places = [(_x(contacts, low, high), _y(rate)) for contacts, rate in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        look = f'stroke="{COLOURS[index]}" stroke-dasharray="{DASHES[index]}"'
        parts.append(f'<polyline points="{path}" fill="none" stroke-width="2.5" {look}/>')
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{COLOURS[index]}"/>' for x, y in places
        ]
        x = LEFT + 140 * index
        parts.append(
            f'<line x1="{x}" x2="{x + 40}" y1="{LEGEND}" y2="{LEGEND}" stroke-width="2.5" {look}/>'
        )
        parts.append(f'<text x="{x + 48}" y="{LEGEND + 4}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _grid(numbers: Sequence[int], low: int, high: int) -> list[str]:
    parts = []
    for rate in range(0, int(TOP_RATE), 250):
        y = _y(rate)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#cccccc"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{rate}</text>')
    for number in numbers:
        x = _x(number, low, high)
        label = f"{number:,}".replace(",", ".")
        y = HEIGHT - BOTTOM + 20
        parts.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{label}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    axis = f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{texts.CURVES_AXIS}</text>'
    return [*parts, axis]


def _x(contacts: int, low: int, high: int) -> float:
    """Each factor of ten is as wide as the next."""
    span = math.log(high / low) or 1.0
    return LEFT + (WIDTH - LEFT - RIGHT - 20) * math.log(contacts / low) / span


def _y(rate: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(rate, TOP_RATE) / TOP_RATE, 1)

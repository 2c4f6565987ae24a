"""Draws alerts a day against what was caught, as an SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.cli import replay_texts as texts
from feeds.curving import Place

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 60
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
#: the target: at most so many alerts a day
MOST_ALERTS = 0.7
COLOURS, DASHES = ("#154273", "#6b4f00"), ("none", "8 4")


def draw(places: Sequence[Place], bar: float) -> str:
    """Two lines, told apart by dashes too; the place that is in use has its figures beside it."""
    widest = max(MOST_ALERTS, *(place.alerts_a_day for place in places)) * 1.05
    lines = {
        texts.CURVE_EVENTS: [(place.alerts_a_day, place.events) for place in places],
        texts.CURVE_ITEMS: [(place.alerts_a_day, place.items) for place in places],
    }
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{escape(texts.CURVE_TITLE)}" font-family="sans-serif" font-size="13">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-weight="bold">{escape(texts.CURVE_TITLE)}</text>',
        *_grid(widest),
    ]
    for index, (name, points) in enumerate(lines.items()):
        path = " ".join(f"{_x(rate, widest):.1f},{_y(share):.1f}" for rate, share in points)
        look = f'stroke="{COLOURS[index]}" stroke-dasharray="{DASHES[index]}"'
        parts.append(f'<polyline points="{path}" fill="none" stroke-width="2.5" {look}/>')
        y = HEIGHT - BOTTOM - 44 + 20 * index
        parts.append(f'<line x1="330" x2="370" y1="{y}" y2="{y}" stroke-width="2.5" {look}/>')
        parts.append(f'<text x="378" y="{y + 4}">{escape(name)}</text>')
    used = min(places, key=lambda place: abs(place.bar - bar))
    x = _x(used.alerts_a_day, widest)
    parts += [
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#595959"/>',
        f'<text x="{x + 5:.1f}" y="{TOP + 12}">{escape(texts.CURVE_NOW)}</text>',
    ]
    return "\n".join([*parts, "</svg>\n"])


def _grid(widest: float) -> list[str]:
    parts = []
    for share in GRID:
        y = _y(share)
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#cccccc"/>',
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{share:.0%}</text>',
        ]
    tenths = range(0, int(widest * 10) + 1, 1 if widest < 1.2 else 5)
    for rate in (tenth / 10 for tenth in tenths):
        label = f"{rate:.1f}".replace(".", ",")
        y = HEIGHT - BOTTOM + 20
        parts.append(
            f'<text x="{_x(rate, widest):.1f}" y="{y}" text-anchor="middle">{label}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    axis = escape(texts.CURVE_AXIS)
    return [*parts, f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{axis}</text>']


def _x(rate: float, widest: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * rate / widest


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)

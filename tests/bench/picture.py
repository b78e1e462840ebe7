"""Draw seconds against lines, with the bound below, as an SVG picture on logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 640, 400, 60
COLOURS = {"SQLite": "#1b6ca8", "PostgreSQL": "#b5541c", "PostgreSQL, backfill": "#3c7a3c"}

Point = tuple[int, float, float]


def write(path: Path, points: Mapping[str, Sequence[Point]]) -> None:
    """Draw for each database its points of (lines, seconds of the job, seconds of the bound)."""
    everything = [point for those in points.values() for point in those]
    lines = [point[0] for point in everything]
    seconds = [value for point in everything for value in point[1:]]
    across = _scale(min(lines), max(lines), MARGIN, WIDTH - 20)
    up = _scale(min(seconds), max(seconds), HEIGHT - MARGIN, 20)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    parts += [_text(across(size), HEIGHT - MARGIN + 20, f"{size:,}", "middle") for size in sorted(set(lines))]
    for power in range(math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds))) + 1):
        value = 10.0**power
        if min(seconds) <= value <= max(seconds):
            parts.append(_line(MARGIN, WIDTH - 20, up(value), 'stroke="#ddd"'))
            parts.append(_text(MARGIN - 8, up(value) + 4, f"{value:g} s", "end"))
    for place, (name, those) in enumerate(sorted(points.items())):
        for column, style, said in ((1, "", name), (2, ' stroke-dasharray="4 4"', f"{name}, bound")):
            drawn = " ".join(f"{across(point[0]):.1f},{up(point[column]):.1f}" for point in sorted(those))
            parts.append(f'<polyline points="{drawn}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"{style}/>')
            row = place * 2 + column
            y = 20 + row * 16
            parts.append(_line(MARGIN + 10, MARGIN + 40, y, f'stroke="{COLOURS[name]}" stroke-width="2"{style}'))
            parts.append(_text(MARGIN + 48, y + 4, said, "start"))
    parts += [_text(WIDTH / 2, HEIGHT - 16, "lines", "middle"), "</svg>"]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    span = math.log10(high) - math.log10(low) or 1.0
    return lambda value: begin + (math.log10(value) - math.log10(low)) / span * (end - begin)


def _line(begin: float, end: float, y: float, look: str) -> str:
    return f'<line x1="{begin}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}" {look}/>'


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{said}</text>'

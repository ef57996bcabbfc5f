"""The weeks of a trend drawn as SVG: the same picture in every format. Pure.

The axis is whole, 0 to 100 %: a cut one makes hills of molehills. What a colour says, a shape says too.
"""

from __future__ import annotations

from collections.abc import Iterator

from ratings.shown import Band
from ratings.statistics import wilson
from ratings.trend import Point, Trend

WIDTH, HEIGHT = 640, 150
LEFT, RIGHT, TOP, BOTTOM = 52, 10, 10, 28
DOT = 6
BLUE, GREY, PALE, INK = "#24557a", "#767676", "#e3e3e3", "#111111"
ENDS = {Band.HIGH: (0.8, 1.0), Band.MIDDLE: (0.5, 0.8), Band.LOW: (0.0, 0.5)}
SIZE = 15


def to_svg(trend: Trend) -> str:
    """One dot a week with its interval, a bar for a week of which only the band is told, nothing for a gap; behind
    them what is ordinary for the unit."""
    return "".join(_parts(trend))


def _parts(trend: Trend) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="DejaVu Sans, sans-serif" font-size="{SIZE}" fill="{INK}">'
    )
    if trend.usual is not None:
        top = _y(trend.usual.high)
        yield _box(LEFT, top, WIDTH - LEFT - RIGHT, _y(trend.usual.low) - top, PALE)
    for share in (0.0, 0.5, 1.0):
        yield _line(LEFT, _y(share), WIDTH - RIGHT, _y(share), GREY, 1)
        yield f'<text x="{LEFT - 6}" y="{_y(share) + 5:.1f}" text-anchor="end">{100 * share:.0f} %</text>'
    step = (WIDTH - LEFT - RIGHT) / len(trend.points)
    for number, point in enumerate(trend.points):
        yield from _week(point, LEFT + step * (number + 0.5))
    yield "</svg>"


def _week(point: Point, x: float) -> Iterator[str]:
    weight = ' fill="#767676"' if point.is_gap else ""
    yield f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle"{weight}>{point.week.number}</text>'
    if point.satisfied is not None:
        ends = wilson(point.satisfied)
        yield _line(x, _y(ends.low), x, _y(ends.high), BLUE, 2)
        inside = "#ffffff" if point.certified else BLUE
        yield (
            f'<circle cx="{x:.1f}" cy="{_y(point.satisfied.share):.1f}" r="{DOT}" fill="{inside}" '
            f'stroke="{BLUE}" stroke-width="2"/>'
        )
    elif point.band is not None:
        low, high = ENDS[point.band]
        yield (
            f'<rect x="{x - DOT:.1f}" y="{_y(high):.1f}" width="{2 * DOT}" height="{_y(low) - _y(high):.1f}" '
            f'fill="none" stroke="{BLUE}" stroke-width="1.5" stroke-dasharray="3 3"/>'
        )


def _y(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: int) -> str:
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'

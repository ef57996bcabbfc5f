"""The five counts drawn as one bar of five parts, from "rất hài lòng" to "rất không hài lòng", as SVG. Pure.

Always the whole of the answers, so that nothing is cut; what a colour says, stripes and the order say too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 640, 32
SIZE = 17
"""Of the numbers in the parts; a part too narrow for its number has it in the list below alone."""
DIGIT = 11
SIGN = 16
FILLS = ("#24557a", "#9dbcd4", "#e8e8e8", "#ffffff", "#7a2f12")
INK = ("#ffffff", "#111111", "#111111", "#111111", "#ffffff")
STRIPED = 3
EDGE, STRIPES = "#444444", "#7a2f12"


def to_svg(counts: Sequence[int]) -> str:
    """``counts``: how many gave 5, 4, 3, 2, 1; at least one of them did."""
    return "".join(_parts(counts))


def sign(place: int) -> str:
    """The small square that stands beside the ``place``-th of the five in a list."""
    return f"{_begin(SIGN, SIGN)}{_box(place, 0.5, SIGN - 1, SIGN)}</svg>"


def _parts(counts: Sequence[int]) -> Iterator[str]:
    yield _begin(WIDTH, HEIGHT)
    whole, x = sum(counts), 0.5
    for place, count in enumerate(counts):
        width = (WIDTH - 1) * count / whole
        if count:
            yield _box(place, x, width, HEIGHT)
        if width > DIGIT * (len(str(count)) + 1):
            middle, line = x + width / 2, HEIGHT / 2 + SIZE * 0.36
            if place == STRIPED:
                wide = DIGIT * (len(str(count)) + 0.4)
                place_of = f'x="{middle - wide / 2:.1f}" y="6" width="{wide:.1f}" height="{HEIGHT - 12}"'
                yield f'<rect {place_of} fill="#ffffff"/>'
            yield f'<text x="{middle:.1f}" y="{line:.1f}" text-anchor="middle" fill="{INK[place]}">{count}</text>'
        x += width
    yield "</svg>"


def _begin(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="DejaVu Sans, sans-serif" font-size="{SIZE}">'
    )


def _box(place: int, x: float, width: float, height: int) -> str:
    box = f'<rect x="{x:.1f}" y="0.5" width="{width:.1f}" height="{height - 1}" fill="{FILLS[place]}" stroke="{EDGE}"/>'
    if place != STRIPED:
        return box
    lines = [f"M{x + at:.1f} 1V{height - 1}" for at in _steps(3.0, width, 6.0)]
    return f'{box}<path d="{"".join(lines)}" stroke="{STRIPES}" stroke-width="2"/>' if lines else box


def _steps(first: float, end: float, step: float) -> list[float]:
    return [first + n * step for n in range(int(max(0.0, end - first) / step) + (end > first))]

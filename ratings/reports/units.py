"""The units of a roll-up in words and in cells, in the order of their codes: no table of ranks. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ratings.digest import Child, Digest
from ratings.reports.numerals import number

MOST_UNITS = 40
MORE = ("Còn ", " đơn vị nữa, xem trong tệp bảng tính.")
"""Of units that there is no room for, around their number."""

Named = Callable[[str], str]
"""The name of a unit by its code."""


def heading() -> str:
    return "Các đơn vị"


def lines(digest: Digest, named: Named) -> Iterator[str]:
    """First what a comparison of two would get wrong."""
    yield from _misleading_pairs(digest, named)
    children = _children(digest)
    for child in children[:MOST_UNITS]:
        yield _line(child, named)
    if len(children) > MOST_UNITS:
        yield number(len(children) - MOST_UNITS).join(MORE)
    yield from _why_not(children)


def rows(digest: Digest, named: Named) -> Iterator[tuple[str | int | None, ...]]:
    """All of them as cells, below their headings; what may not be told is an empty cell."""
    children = _children(digest)
    if not children:
        return
    yield ("Đơn vị", "Đã trả", "Trễ", "Người trả lời", "Hài lòng", "So với mặt bằng")
    for child in children:
        band = None if child.band is None else child.band.value
        standing = None if child.standing is None else child.standing.value.removesuffix(" mặt bằng")
        yield named(child.unit), child.completed, child.late_done, child.answered, band, standing


def notes(digest: Digest, named: Named) -> Iterator[str]:
    """What stands beside the rows."""
    yield from _misleading_pairs(digest, named)
    yield from _why_not(_children(digest))


def _line(child: Child, named: Named) -> str:
    """Its dossiers, and what may be said of its answers."""
    line = f"{named(child.unit)}: trả {number(child.completed)}, trễ {number(child.late_done)}"
    if child.answered is None or child.band is None:
        return f"{line}; chưa nêu số hài lòng."
    stands = "" if child.standing is None else f", {child.standing.value}"
    return f"{line}; hài lòng {child.band.words} ({number(child.answered)} người){stands}."


def _children(digest: Digest) -> list[Child]:
    return [child for child in digest.children or () if child.completed or child.answered is not None]


def _misleading_pairs(digest: Digest, named: Named) -> Iterator[str]:
    """Two units of which the bare totals mislead."""
    for pair in digest.by_mix:
        yield (
            f"{named(pair.first)} và {named(pair.second)}: chênh lệch do cơ cấu thủ tục. Cùng cơ cấu thì "
            f"{_tenths(pair.first_share.share)} % và {_tenths(pair.second_share.share)} %."
        )


def _why_not(children: list[Child]) -> Iterator[str]:
    """Whether they are in the sum is not told: that would tell how many there are."""
    if any(child.answered is None for child in children):
        why = "chưa đủ 5 lượt, hoặc trừ đi các báo cáo khác thì lộ ra vài người"
        yield f"Chưa nêu số hài lòng là vì {why}. Số chung có thể không kể các đơn vị đó."


def _tenths(fraction: float) -> str:
    return f"{100 * fraction:.1f}".replace(".", ",")

"""A digest as it stands on paper, whatever draws it: sentences in blocks, the five counts, and a footer that can be
checked. Every format is made from this and from the JSON, so that no number can differ between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from ratings import service, trend
from ratings.digest import Digest
from ratings.rating import Instrument, default_instrument
from ratings.reports import action, bar, chart, document, texts, units
from ratings.reports.render import (
    asked_of,
    call_lines,
    desk_lines,
    end_lines,
    headline,
    peer_lines,
    people_lines,
    service_lines,
    trend_lines,
)
from ratings.reports.units import Named


class Bar(Struct, frozen=True):
    """One answer of the scale: its label, how many gave it, its part of all, 0 … 1, and its sign in the drawing."""

    label: str
    people: int
    share: float
    sign: str


class Drawing(Struct, frozen=True):
    """A picture as SVG, what it says in words, and the line that explains its signs."""

    svg: str
    says: str
    legend: str


class Block(Struct, frozen=True):
    """Sentences under a heading, with the parts of the bar that belongs to them (``stacked``: that bar as SVG).

    ``rows``: what most of them say as cells, headings first; ``notes``: the sentences that say something else;
    ``drawing``: what they say, drawn. Rows without a drawing stand in the place of their sentences on paper too.
    ``beside``: on paper there is no room for it. ``strong``: which of the lines matter most; the bar stands below the
    first of these. ``in_bar``: the line that the bar tells, ``caption``: what stands before the names of its parts.
    ``in_cells``: the rows are a spreadsheet's alone.
    """

    heading: str
    lines: tuple[str, ...]
    bars: tuple[Bar, ...] = ()
    rows: tuple[tuple[str | int | float | None, ...], ...] = ()
    notes: tuple[str, ...] = ()
    stacked: str | None = None
    beside: bool = False
    strong: tuple[int, ...] = ()
    in_bar: int | None = None
    caption: str = ""
    drawing: Drawing | None = None
    in_cells: bool = False


class Page(Struct, frozen=True):
    """One page A4, counting up to ``as_of`` in Vietnam. ``mark`` stands across what is made from sample data.
    ``more``: what stands below rows that have no room, before and after their number."""

    title: str
    mark: str | None
    blocks: tuple[Block, ...]
    foot: tuple[str, ...]
    as_of: datetime
    more: tuple[str, str] = units.MORE


def data_hash(digest: Digest) -> str:
    """Sixteen hexadecimal digits of SHA-256 over the digest's JSON: two pages with the same hash tell the same."""
    return hashlib.sha256(document.to_text(digest).encode()).hexdigest()[:16]


def make_page(
    digest: Digest, unit: str | None = None, instrument: Instrument | None = None, named: Named = str
) -> Page:
    """The page of a digest. ``unit``: its name, the code where None; ``instrument``: whose labels; ``named``: the
    names of the units of a roll-up."""
    instrument = instrument or default_instrument()
    return Page(
        title=texts.header(digest.span, unit or digest.unit, locked=digest.locked),
        mark=texts.SAMPLE if digest.demo else None,
        blocks=(
            Block(texts.heading_desk(), tuple(desk_lines(digest))),
            _people(digest, instrument),
            *_weeks(digest),
            *_units(digest, named),
            _service(digest),
            *_action(digest, instrument),
            *_asked(digest, instrument),
        ),
        foot=(texts.footer(), texts.checked(digest.as_of, data_hash(digest))),
        as_of=digest.as_of,
    )


def _people(digest: Digest, instrument: Instrument) -> Block:
    """The answers: first how many are satisfied, with the bar, and whether they call for a look."""
    said = *people_lines(digest, instrument), *peer_lines(digest), *end_lines(digest), *call_lines(digest)
    lines, bars = said, _bars(digest, instrument)
    told = digest if digest.block is None else digest.block
    first = "" if told.headline is None else headline(told.headline)
    strong = tuple(n for n, line in enumerate(lines) if line == first or line.startswith(texts.LOOK))
    if not bars:
        return Block(texts.heading_people(), lines, strong=strong)
    everybody = told.headline is not None and told.headline.satisfied.n < sum(each.people for each in bars)
    drawn = bar.to_svg([each.people for each in bars])
    caption, in_bar = texts.everybody() if everybody else "", strong[0] + 1
    return Block(texts.heading_people(), lines, bars, stacked=drawn, strong=strong, in_bar=in_bar, caption=caption)


def _weeks(digest: Digest) -> Iterator[Block]:
    """The week beside those before it."""
    lines = tuple(trend_lines(digest))
    if lines and digest.trend is not None:
        drawing = Drawing(chart.to_svg(digest.trend), " ".join(lines), trend.legend(digest.trend))
        rows = tuple(trend.rows(digest.trend))
        yield Block(trend.heading(), lines, rows=rows, notes=lines, drawing=drawing)


def _units(digest: Digest, named: Named) -> Iterator[Block]:
    """The units of a roll-up."""
    lines, notes = tuple(units.lines(digest, named)), tuple(units.notes(digest, named))
    if lines:
        yield Block(units.heading(), lines, rows=tuple(units.rows(digest, named)), notes=notes)


def _service(digest: Digest) -> Block:
    """How the machine served: on paper in words, in a spreadsheet as cells."""
    rows = () if digest.service is None else tuple(service.rows(digest.service))
    lines = tuple(service_lines(digest))
    return Block(service.heading(), lines, rows=rows, notes=lines, in_cells=True)


def _action(digest: Digest, instrument: Instrument) -> Iterator[Block]:
    """What to do first."""
    if lines := tuple(action.lines(digest, instrument)):
        yield Block(action.heading(), lines, strong=(0,))


def _asked(digest: Digest, instrument: Instrument) -> Iterator[Block]:
    """The short questions by procedure."""
    asked = [(tap, each) for tap, each in asked_of(digest, instrument) if each.procedure is not None]
    if asked:
        shares = [
            (each.procedure, each.name or each.procedure, tap.told, each.share_of(tap.good)) for tap, each in asked
        ]
        rows = [
            (name, code, told, share.count, share.n, share.share)
            for code, name, told, share in sorted(shares, key=lambda each: each[:3])
        ]
        yield Block(texts.heading_asked(), (), rows=(texts.asked_columns(), *rows), beside=True)


def _bars(digest: Digest, instrument: Instrument) -> tuple[Bar, ...]:
    """From 5★ down; none where the distribution is withheld."""
    if digest.distribution is None:
        return () if digest.block is None else _bars(digest.block, instrument)
    shares = enumerate(digest.distribution.shares, 1)
    found = [Bar(instrument.label(stars), part.count, part.share, bar.sign(5 - stars)) for stars, part in shares]
    return tuple(reversed(found))

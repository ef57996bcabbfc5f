"""A digest as it stands on paper, whatever draws it: sentences in blocks, the five counts, and a footer that can be
checked. Every format is made from this and from the JSON, so that no number can differ between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from ratings import chart, document, texts, trend
from ratings.digest import Digest
from ratings.rating import Instrument, default_instrument
from ratings.render import Named, desk_lines, people_lines, trend_lines, unit_lines, unit_notes, unit_rows


class Bar(Struct, frozen=True):
    """One answer of the scale: its label, how many gave it, and its part of all, 0 … 1."""

    label: str
    people: int
    share: float


class Drawing(Struct, frozen=True):
    """A picture as SVG, what it says in words, and the line that explains its signs."""

    svg: str
    says: str
    legend: str


class Block(Struct, frozen=True):
    """Sentences under a heading, with the bars that belong to them. ``rows``: what most of them say as cells, headings
    first, for a spreadsheet; ``notes``: the sentences that say something else; ``drawing``: what they say, drawn."""

    heading: str
    lines: tuple[str, ...]
    bars: tuple[Bar, ...] = ()
    rows: tuple[tuple[str | int | float | None, ...], ...] = ()
    notes: tuple[str, ...] = ()
    drawing: Drawing | None = None


class Page(Struct, frozen=True):
    """One page A4, counting up to ``as_of`` in Vietnam. ``mark`` stands across what is made from sample data."""

    title: str
    mark: str | None
    blocks: tuple[Block, ...]
    foot: tuple[str, ...]
    as_of: datetime


def data_hash(digest: Digest) -> str:
    """Sixteen hexadecimal digits of SHA-256 over the digest's JSON: two pages with the same hash tell the same."""
    return hashlib.sha256(document.to_text(digest).encode()).hexdigest()[:16]


def make_page(
    digest: Digest, unit: str | None = None, instrument: Instrument | None = None, named: Named = str
) -> Page:
    """The page of a digest. ``unit``: its name, the code where None; ``instrument``: whose labels; ``named``: the
    names of the units of a roll-up."""
    instrument = instrument or default_instrument()
    people = Block(texts.heading_people(), tuple(people_lines(digest, instrument)), _bars(digest, instrument))
    return Page(
        title=texts.header(digest.span, unit or digest.unit, locked=digest.locked),
        mark=texts.SAMPLE if digest.demo else None,
        blocks=(
            Block(texts.heading_desk(), tuple(desk_lines(digest))),
            people,
            *_weeks(digest),
            *_units(digest, named),
        ),
        foot=(texts.footer(), texts.checked(digest.as_of, data_hash(digest))),
        as_of=digest.as_of,
    )


def _weeks(digest: Digest) -> Iterator[Block]:
    """The week beside those before it."""
    lines = tuple(trend_lines(digest))
    if lines and digest.trend is not None:
        drawing = Drawing(chart.to_svg(digest.trend), " ".join(lines), trend.legend(digest.trend))
        rows = tuple(trend.rows(digest.trend))
        yield Block(trend.heading(), lines, rows=rows, notes=lines, drawing=drawing)


def _units(digest: Digest, named: Named) -> Iterator[Block]:
    """The units of a roll-up: the sentences that there is room for on paper, and all of them as rows."""
    lines, notes = tuple(unit_lines(digest, named)), tuple(unit_notes(digest, named))
    if lines:
        yield Block(texts.heading_units(), lines, rows=tuple(unit_rows(digest, named)), notes=notes)


def _bars(digest: Digest, instrument: Instrument) -> tuple[Bar, ...]:
    """From 5★ down; none where the distribution is withheld."""
    if digest.distribution is None:
        return () if digest.block is None else _bars(digest.block, instrument)
    shares = enumerate(digest.distribution.shares, 1)
    return tuple(reversed([Bar(instrument.label(stars), part.count, part.share) for stars, part in shares]))

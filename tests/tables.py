"""A long table walked in one test: a row costs what it does, not what a test costs, and a failure names its row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def row(*name: object) -> Iterator[None]:
    """What fails within is told together with the row it failed at."""
    try:
        yield
    except Exception as error:
        error.add_note("at the row: " + " · ".join(map(str, name)))
        raise

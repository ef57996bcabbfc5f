"""How good and how fast the search is beside SQLite's full text: ``python benchmarks/search.py QUESTIONS [LIST]``.

Both in the same run, on the same families and the same natural questions: FTS5 over folded names, aliases and ways of
asking, ranked by its BM25. Milliseconds are those that the process computed: what else the machine does counts little.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from procedures.catalog import Catalog
from procedures.finding.fold import fold, syllables
from procedures.learning.evaluate import MAIN, Family, bundled_families, listed_families
from procedures.learning.questions import Question, read_questions
from procedures.national.listed import read_list
from procedures.search import Index, bundled

FOUND = 10


def full_text(families: Sequence[Family]) -> Callable[[str], list[Family]]:
    """SQLite FTS5 over everything that our search knows of each family."""
    ways = bundled().phrasings.ways
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(names, ways)")
    for family in families:
        said = [way for code in family.codes for way in ways.get(code, ())]
        names = fold(" . ".join((family.name, family.plain, *family.aliases)))
        database.execute("INSERT INTO texts VALUES (?, ?)", (names, fold(" . ".join(said))))

    def search(text: str) -> list[Family]:
        words = " OR ".join(f'"{word}"' for word in syllables(text))
        rows = database.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, 4, 1) LIMIT ?", (words, FOUND)
        )
        return [families[row - 1] for (row,) in rows]

    return search


def ours(families: Sequence[Family]) -> Callable[[str], list[Family]]:
    index = Index(families, codes=lambda family: family.codes)
    index.evidence.read_all()
    return lambda text: [hit.procedure for hit in index.search(text, FOUND)]


def measured(name: str, build: Callable[[], Callable[[str], list[Family]]], questions: Sequence[Question]) -> str:
    began = time.process_time()
    search = build()
    built = time.process_time() - began
    first = third = 0
    times: list[float] = []
    for question in questions:
        began = time.process_time()
        found = search(question.text)
        times.append((time.process_time() - began) * 1000)
        right = [bool(each.codes & question.gold) or each.family in question.families for each in found]
        first += any(right[:1])
        third += any(right[:3])
    slow = sorted(times)[int(len(times) * 0.95)]
    shares = f"{first / len(questions):9.3f}{third / len(questions):9.3f}"
    return f"{name:12}{shares}{statistics.median(times):10.2f}{slow:10.2f}{built:10.2f}"


def main() -> None:
    """Print the table."""
    catalog = Catalog.load()
    families = (
        bundled_families(catalog) if len(sys.argv) < 3 else listed_families(read_list(Path(sys.argv[2])), catalog)
    )
    codes = frozenset(code for family in families for code in family.codes)
    asked = [each for each in read_questions(Path(sys.argv[1])) if each.slice == MAIN and each.gold & codes]
    bundled()
    print(f"{len(families)} families, {len(asked)} questions")
    print(f"{'':12}{'R@1':>9}{'R@3':>9}{'p50 ms':>10}{'p95 ms':>10}{'build s':>10}")
    print(measured("FTS5", lambda: full_text(families), asked))
    print(measured("Một Cửa", lambda: ours(families), asked))


if __name__ == "__main__":
    main()

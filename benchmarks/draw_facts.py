"""Facts drawn from the bundled catalog, to be read against their source pages: ``python -m benchmarks.draw_facts``.

Prints a Markdown table. The draw depends only on the catalog and the seed, so whoever doubts a reading can repeat it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from procedures.catalog import Catalog
from procedures.procedure import Document, Fee, Procedure, ProcessingTime

SEED = 20261122
COUNT = 100
MOST_OF_ONE = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of the catalog that its source page either makes or does not."""

    code: str
    field: str
    says: str


def facts_of(procedure: Procedure) -> tuple[Fact, ...]:
    """All facts of one entry, in its own order; a line that stands under several ways or cases is one fact."""
    lines = (Fact(procedure.code, field, says) for field, says in _lines(procedure))
    return tuple(dict.fromkeys(lines))


def draw(procedures: Iterable[Procedure], seed: int = SEED, count: int = COUNT) -> tuple[Fact, ...]:
    """``count`` facts (fewer where there are not enough), each as likely as another, at most two of one procedure."""
    facts = [fact for procedure in procedures for fact in facts_of(procedure)]
    random.Random(seed).shuffle(facts)
    taken: Counter[str] = Counter()
    drawn: list[Fact] = []
    for fact in facts:
        if len(drawn) == count:
            break
        if taken[fact.code] < MOST_OF_ONE:
            taken[fact.code] += 1
            drawn.append(fact)
    return tuple(drawn)


def table(facts: Iterable[Fact]) -> str:
    """The facts as Markdown: number, code, field of the entry, what the catalog says."""
    rows = (
        f"| {n} | {fact.code} | {fact.field} | {fact.says.replace('|', '/')} |" for n, fact in enumerate(facts, start=1)
    )
    return "\n".join(("| # | code | field | the catalog says |", "|---|---|---|---|", *rows))


def _lines(procedure: Procedure) -> Iterator[tuple[str, str]]:
    if procedure.submit_at is not None:
        yield "submit_at", procedure.submit_at
    if procedure.decided_by is not None:
        yield "decided_by", procedure.decided_by
    for case in procedure.cases:
        for document in case.documents:
            yield "document", _paper(document)
            if document.form is not None:
                yield "form", f"{document.name}: {document.form}"
    for submission in procedure.submissions:
        yield from (("time", f"{submission.way.value}: {_time(time)}") for time in submission.times)
        yield from (("fee", f"{submission.way.value}: {_fee(fee)}") for fee in submission.fees)
    yield from (("result", result) for result in procedure.results)
    yield from (("legal_basis", basis) for basis in procedure.legal_basis)


def _paper(document: Document) -> str:
    counts = [("bản chính", document.originals), ("bản sao", document.copies)]
    said = [f"{n} {what}" for what, n in counts if n is not None] or ["số bản không nói"]
    return _joined(document.name, *said, "xuất trình" if document.shown else None, document.note)


def _time(time: ProcessingTime) -> str:
    amounts = "–".join(str(n) for n in (time.least, time.amount) if n is not None)
    return _joined(f"{amounts} {time.unit.value}".strip(), *_holds(time), time.note)


def _fee(fee: Fee) -> str:
    amount = "không có số" if fee.amount is None else f"{fee.amount} đồng" + (f"/{fee.per}" if fee.per else "")
    return _joined(f"{fee.what}: {amount}", *_holds(fee), fee.note)


def _holds(line: ProcessingTime | Fee) -> Iterator[str | None]:
    yield line.case and f"trường hợp {line.case}"
    yield line.since and f"từ ngày {line.since}"
    yield line.until and f"đến hết ngày {line.until}"


def _joined(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.draw_facts", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    given = parser.parse_args(arguments)
    print(table(draw(Catalog.load(), given.seed, given.count)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

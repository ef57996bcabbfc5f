"""A procedure's guide drawn: as a tree for the terminal, or for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from procedures.guides.guide import Answer, Guide, Path
from procedures.guides.personal import is_certain, narrowed
from procedures.procedure import Procedure


def tree(procedure: Procedure, guide: Guide) -> Iterator[str]:
    """Lines: each question below the answer that leads to it, each end with its case and how many papers."""
    yield f"{procedure.code} {procedure.plain}"
    yield guide.questions[0].ask
    yield from _branches(procedure, guide, "", "")


def dot(procedure: Procedure, guide: Guide) -> Iterator[str]:
    """The same as a directed graph, a question or an end a node."""
    yield f'digraph "{procedure.code}" {{'
    yield f'  graph [rankdir=LR, label="{_quoted(procedure.plain)}"]; node [shape=box, fontname="DejaVu Sans"];'
    for question in guide.questions:
        yield f'  {question.key} [label="{_quoted(question.ask)}", style=rounded];'
        for n, answer in enumerate(question.answers, 1):
            target = answer.next or f"{question.key}_{n}"
            if answer.next is None:
                yield f'  {target} [label="{_quoted(_named(procedure, answer))}"];'
            yield f'  {question.key} -> {target} [label="{_quoted(answer.label)}"];'
    yield "}"


def _branches(procedure: Procedure, guide: Guide, answers: str, indent: str) -> Iterator[str]:
    here = guide.follow(answers)
    assert here is not None
    assert here.asks is not None
    last = len(here.asks.answers)
    for n, answer in enumerate(here.asks.answers, 1):
        path = guide.follow(f"{answers}{n}")
        assert path is not None
        end = "" if path.asks is not None else f" → {_end(procedure, path)}"
        yield f"{indent}{'└─' if n == last else '├─'} {answer.label}{end}"
        if path.asks is not None:
            deeper = f"{indent}{'   ' if n == last else '│  '}"
            yield f"{deeper}{path.asks.ask}"
            yield from _branches(procedure, guide, f"{answers}{n}", deeper)


def _end(procedure: Procedure, path: Path) -> str:
    if path.procedure is not None:
        return f"procedure {path.procedure}"
    case = narrowed(procedure, path).cases[0]
    certain = sum(map(is_certain, case.documents))
    return f"{case.key}: {certain} papers" + (
        f", {len(case.documents) - certain} perhaps" if certain < len(case.documents) else ""
    )


def _named(procedure: Procedure, answer: Answer) -> str:
    if answer.procedure is not None:
        return answer.procedure
    case = next((each for each in procedure.cases if each.key == answer.case), None)
    return "the case so far" if case is None and len(procedure.cases) > 1 else (case or procedure.cases[0]).name


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

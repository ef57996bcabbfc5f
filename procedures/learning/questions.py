"""Questions with the procedures they mean: what the search is measured on. One JSON object a line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from procedures.finding.facets import Facet
from procedures.national.listed import read_rows
from procedures.reading import CatalogError, Mistake

LABELS = {
    "ho_so": Facet.PAPERS,
    "le_phi": Facet.FEE,
    "thoi_han": Facet.TIME,
    "noi_nop": Facet.WHERE,
    "trinh_tu": Facet.HOW,
    "online": Facet.ONLINE,
    "ket_qua": Facet.RESULT,
    "dieu_kien": Facet.CONDITIONS,
    "can_cu": Facet.LEGAL_BASIS,
    "bieu_mau": Facet.FORM,
    "buu_chinh": Facet.POST,
} | {facet.value: facet for facet in Facet}
"""Other labels are passed over."""

OUT_OF_SCOPE = "oos"


class Question(Struct, frozen=True):
    """``gold``: the codes of acceptable procedures, none where it is out of scope; ``families`` those of theirs.

    ``facets`` is what is asked; with ``first_only`` the label is that of the first facet alone.
    """

    id: str
    text: str
    slice: str
    gold: frozenset[str]
    families: frozenset[str]
    facets: frozenset[Facet]
    first_only: bool

    @property
    def is_out_of_scope(self) -> bool:
        return self.slice.startswith(OUT_OF_SCOPE)


def read_questions(path: Path) -> tuple[Question, ...]:
    """Raises CatalogError with every mistake."""
    mistakes: list[Mistake] = []
    questions = [_question(path.name, line, row, mistakes) for line, row in read_rows(path, mistakes)]
    if mistakes:
        raise CatalogError(tuple(sorted(mistakes)))
    return tuple(question for question in questions if question is not None)


def _question(file: str, line: int, row: dict[str, Any], mistakes: list[Mistake]) -> Question | None:
    text, slice_ = row.get("text"), row.get("slice")
    if not isinstance(text, str) or not text.strip() or not isinstance(slice_, str) or not slice_:
        mistakes.append(Mistake(file, line, "a question without text or slice", 'add "text" and "slice"'))
        return None
    gold, families = _texts(row.get("gold")), _texts(row.get("gold_families"))
    if gold is None or families is None:
        mistakes.append(Mistake(file, line, "gold or gold_families is no list of texts", 'write "gold": ["1.001193"]'))
        return None
    if bool(gold) == slice_.startswith(OUT_OF_SCOPE):
        hint = "out-of-scope questions have none, all others at least one"
        mistakes.append(Mistake(file, line, f"a question of {slice_} with {len(gold)} gold codes", hint))
        return None
    labels = row.get("facet")
    asked = _texts(labels if isinstance(labels, list) else [labels] if labels else [])
    return Question(
        id=str(row.get("id", line)),
        text=text,
        slice=slice_,
        gold=gold,
        families=families,
        facets=frozenset(LABELS[label] for label in asked or () if label in LABELS),
        first_only=not isinstance(labels, list),
    )


def _texts(value: object) -> frozenset[str] | None:
    if value is None:
        return frozenset()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return frozenset(value)
    return None

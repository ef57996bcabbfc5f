"""The catalog: what the desk knows about procedures, read once from YAML and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from procedures.entries import PROCEDURE, read_procedure
from procedures.guides.reading import unknown_targets
from procedures.procedure import Procedure
from procedures.reading import CatalogError, Mistake, compose, read_text, without_gc
from procedures.wording import gone_mistakes

BUNDLED = Path(__file__).parent / "data"
FILE = ("field", "procedures")


class Catalog:
    """Procedures in the order of their files. Equal codes cannot occur in one that was loaded."""

    __slots__ = ("_by_code", "_fields", "procedures")

    procedures: tuple[Procedure, ...]

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self.procedures = tuple(procedures)
        self._by_code: Mapping[str, Procedure] = MappingProxyType({each.code: each for each in self.procedures})
        fields: dict[str, list[Procedure]] = {}
        for procedure in self.procedures:
            fields.setdefault(procedure.field, []).append(procedure)
        self._fields = tuple((field, tuple(members)) for field, members in fields.items())

    @classmethod
    def load(cls, folder: Path | None = None) -> Catalog:
        """Read all ``*.yaml`` of ``folder`` (default: the bundled ones) in the order of their names.

        Raises CatalogError with every mistake of every file.
        """
        procedures, mistakes = read_folder(folder or BUNDLED)
        if mistakes:
            raise CatalogError(mistakes)
        return cls(procedures)

    def __reduce__(self) -> tuple[type[Catalog], tuple[tuple[Procedure, ...]]]:
        return Catalog, (self.procedures,)

    def by_code(self, code: str) -> Procedure | None:
        return self._by_code.get(code)

    def fields(self) -> tuple[tuple[str, tuple[Procedure, ...]], ...]:
        """Each field (lĩnh vực) with its procedures, in the order in which the files name them."""
        return self._fields

    def __iter__(self) -> Iterator[Procedure]:
        return iter(self.procedures)

    def __len__(self) -> int:
        return len(self.procedures)


def read_folder(folder: Path) -> tuple[tuple[Procedure, ...], tuple[Mistake, ...]]:
    """What the files hold, and everything that is wrong with them, by file and line.

    A mistake under an anchor is read at every alias, and named once.
    """
    procedures: list[Procedure] = []
    mistakes: list[Mistake] = []
    with without_gc():
        for path in sorted(folder.glob("*.yaml")):
            procedures += read_file(path, mistakes)
    mistakes += [*_repeated(procedures), *unknown_targets(procedures)]
    if not procedures and not mistakes:
        mistakes.append(
            Mistake(folder.name, 1, "no procedure was found", "put *.yaml files as in docs/catalog.md here")
        )
    return tuple(procedures), tuple(sorted(set(mistakes)))


def read_file(path: Path, mistakes: list[Mistake]) -> list[Procedure]:
    """The procedures of one file; what is wrong is added to ``mistakes``."""
    text = read_text(path, mistakes)
    top = compose(path.name, text, FILE, mistakes) if text is not None else None
    if text is None or top is None:
        return []
    mistakes.extend(gone_mistakes(text, top))
    field = top.text("field")
    return [read_procedure(entry, field) for entry in top.entries("procedures", PROCEDURE, required=True)]


def _repeated(procedures: list[Procedure]) -> Iterator[Mistake]:
    first: dict[str, Procedure] = {}
    for procedure in procedures:
        earlier = first.setdefault(procedure.code, procedure)
        if earlier is not procedure and procedure.code:
            where = f"{earlier.file}:{earlier.line}"
            yield Mistake(procedure.file, procedure.line, f"the code {procedure.code} occurs twice", f"see {where}")

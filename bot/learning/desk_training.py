"""``motcua train --desk``: what two officials agreed on becomes part of the search; first what would change is printed.

Everything is made beside the folder that is in use and takes its place at the end: a broken or ended training changes
nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bot import built
from bot.learning.changes import changes, usual
from procedures.catalog import Catalog
from procedures.finding import encoder, own_words
from procedures.finding.encoder import unit_rows
from procedures.finding.fold import syllables
from procedures.finding.terms import written
from procedures.learning.phrasings import read_phrasings
from procedures.national.listed import Findable
from procedures.reading import CatalogError
from procedures.search import Index, bundled

Say = Callable[[str], None]


def learn(data_dir: Path, ways: Sequence[tuple[str, str]], asked: Sequence[str], said: Say, *, keep: bool) -> list[str]:
    """The questions whose answer changes, as lines. ``ways``: (code, way) as confirmed; ``asked``: open questions.

    With ``keep`` the new words are in force from the next start. Raises CatalogError where the folder's own files are
    broken, OSError.
    """
    folder = data_dir / own_words.FOLDER
    draft = data_dir / f".{own_words.FOLDER}-new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        catalog = Catalog.load()
        write_words(folder, draft, ways, catalog)
        _learned(draft, said)
        changed = list(_changes(data_dir, draft, [*asked, *(way for _, way in ways)], said))
        if keep:
            old = data_dir / f".{own_words.FOLDER}-old"
            shutil.rmtree(old, ignore_errors=True)
            if folder.is_dir():
                folder.rename(old)
            draft.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        return changed
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_words(folder: Path, draft: Path, ways: Sequence[tuple[str, str]], catalog: Catalog) -> None:
    """The desk's own files, and what was agreed on as ``desk.yaml``; none where nothing was."""
    for path in folder.glob("*.yaml"):
        if path.name != own_words.DESK:
            shutil.copy(path, draft / path.name)
    _, *lines = text = list(_yaml(ways, catalog))
    if lines:
        (draft / own_words.DESK).write_text("\n".join(text) + "\n", "utf-8")


def _yaml(ways: Sequence[tuple[str, str]], catalog: Catalog) -> Iterator[str]:
    """The confirmed ways as a file of ways of asking; a way that was confirmed twice is the first one's."""
    yield "# Ways of asking that two officials agreed on: written by motcua train --desk, read like the bundled ones."
    by_code: dict[str, list[str]] = {}
    said: set[tuple[str, ...]] = set()
    for code, way in ways:
        spoken = tuple(syllables(way))
        if catalog.by_code(code) is not None and spoken and spoken not in said:
            said.add(spoken)
            by_code.setdefault(code, []).append(way)
    for code, own in by_code.items():
        procedure = catalog.by_code(code)
        assert procedure is not None
        yield f'- code: "{code}"\n  name: {json.dumps(procedure.name, ensure_ascii=False)}\n  ways:'
        yield from (f"    - {json.dumps(way, ensure_ascii=False)}" for way in own)


def _learned(draft: Path, said: Say) -> None:
    """The bundled encoder, in which the classes of what was taught have moved towards it. Raises CatalogError.

    It is not learned anew: it knows questions that no desk has, and whose answer must change is only what was taught.
    """
    phrasings, mistakes = read_phrasings(draft)
    if mistakes:
        raise CatalogError(mistakes)
    lore, into = bundled(), draft / own_words.LEARNED
    classes = dict(lore.encoder.classes)
    for code, ways in phrasings.ways.items():
        new = lore.encoder.embed_all([written(way, lore.words) for way in ways]).sum(axis=0)
        known = len(lore.phrasings.ways.get(code, ()))
        total = new if code not in classes else classes[code] * np.float32(max(known, 1)) + new
        classes[code] = unit_rows(total[None])[0]
        said(f"{code}: {len(ways)} ways beside {known}")
    shutil.copytree(encoder.BUNDLED, into)
    np.save(into / encoder.CLASSES, np.rint(np.stack(list(classes.values())) * 127).astype(np.int8))
    (into / encoder.CODES).write_text("\n".join(classes) + "\n", "utf-8")
    (into / own_words.OF).write_text(own_words.print_of() + "\n", "utf-8")


def _changes(data_dir: Path, draft: Path, texts: Sequence[str], said: Say) -> Iterator[str]:
    now = built.load(None, data_dir)
    lore = own_words.load(draft, said)
    others = list(dict.fromkeys(now.national.values()))
    then: Index[Findable] = Index([*now.catalog, *others], lore, own=len(now.catalog), is_all=False)
    return changes(now.search, then, (*texts, *usual()))

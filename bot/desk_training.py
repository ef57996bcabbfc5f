"""``motcua train --desk``: what two officials agreed on becomes part of the search; first what would change is printed.

Everything is made beside the folder that is in use and takes its place at the end: a broken or ended training changes
nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot import built
from bot.changes import changes, usual
from procedures import own_words
from procedures.catalog import Catalog
from procedures.evaluate import bundled_families
from procedures.fold import syllables
from procedures.lessons import Lessons, train
from procedures.listed import Findable
from procedures.phrasings import read_phrasings
from procedures.reading import CatalogError
from procedures.search import Index, bundled
from procedures.training import Plan

Say = Callable[[str], None]


def learn(
    data_dir: Path, ways: Sequence[tuple[str, str]], asked: Sequence[str], plan: Plan, said: Say, *, keep: bool
) -> list[str]:
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
        for path in folder.glob("*.yaml"):
            shutil.copy(path, draft / path.name)
        (draft / own_words.DESK).write_text("\n".join(_yaml(ways, catalog)) + "\n", "utf-8")
        _learned(draft, catalog, plan, said)
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


def _learned(draft: Path, catalog: Catalog, plan: Plan, said: Say) -> None:
    phrasings, mistakes = read_phrasings(draft)
    if mistakes:
        raise CatalogError(mistakes)
    lore = bundled()
    every = own_words.together(lore.phrasings, phrasings)
    lessons = Lessons(catalog, lore.words, every, bundled_families(catalog), ())
    learned, weights = train(lessons, plan, lore.weights, said)
    learned.save(draft / own_words.LEARNED)
    weights.save(draft / own_words.LEARNED)
    (draft / own_words.LEARNED / own_words.OF).write_text(own_words.print_of() + "\n", "utf-8")


def _changes(data_dir: Path, draft: Path, texts: Sequence[str], said: Say) -> Iterator[str]:
    now = built.load(None, data_dir)
    lore = own_words.load(draft, said)
    others = list(dict.fromkeys(now.national.values()))
    then: Index[Findable] = Index([*now.catalog, *others], lore, own=len(now.catalog))
    return changes(now.search, then, (*texts, *usual()))

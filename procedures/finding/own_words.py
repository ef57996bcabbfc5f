"""A desk's own ways of asking, and what was learned with them: ``<data folder>/search``, over the bundled words.

::

    search/desk.yaml, any *.yaml    ways of asking, written as the bundled ones are
    search/learned/                 the encoder, with what was taught, that ``motcua train --desk`` made
    search/.good/                   the ways as they were last read without a mistake

A broken file is refused with its line and the last good one stays; nothing here can keep a desk from starting.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from procedures.finding import encoder
from procedures.finding.encoder import Encoder
from procedures.finding.ranking import Weights
from procedures.learning.phrasings import NONE, Phrasings, read_phrasings
from procedures.reading import CatalogError
from procedures.search import Lore, bundled

FOLDER, DESK, LEARNED, GOOD = "search", "desk.yaml", "learned", ".good"
OLDER = "{}/{}:1: learned over an older version: run motcua train --desk"
OF = "of.txt"
"""Which bundled encoder a learned one stands in for: after an upgrade the new bundled one is the better."""


def files(folder: Path) -> tuple[Path, ...]:
    """Everything that ``load`` reads, to know when it changed; not the good copies, which ``load`` itself makes."""
    found = (path for path in folder.rglob("*") if path.is_file() and GOOD not in path.parts)
    return tuple(sorted(found)) if folder.is_dir() else ()


def load(folder: Path, said: Callable[[str], None]) -> Lore:
    """The bundled words with the desk's own. ``said`` is told what was refused, as file:line."""
    lore = bundled()
    if not folder.is_dir():
        return lore
    learned, weights = _learned(folder / LEARNED, lore, said)
    return Lore(lore.words, together(lore.phrasings, _ways(folder, said)), learned, weights)


def together(first: Phrasings, more: Phrasings) -> Phrasings:
    """The ways of both; a name is the first's."""
    codes = dict.fromkeys((*first.ways, *more.ways))
    ways = {code: tuple(dict.fromkeys((*first.ways.get(code, ()), *more.ways.get(code, ())))) for code in codes}
    return Phrasings(MappingProxyType(ways), MappingProxyType({**more.names, **first.names}), first.outside)


def print_of(folder: Path = encoder.BUNDLED) -> str:
    """Changes with every byte of a learned encoder."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.*")):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _ways(folder: Path, said: Callable[[str], None]) -> Phrasings:
    phrasings, mistakes = read_phrasings(folder)
    if not mistakes:
        _keep_good(folder)
        return phrasings
    for mistake in mistakes:
        said(f"{folder.name}/{mistake}")
    good, wrong = read_phrasings(folder / GOOD)
    return NONE if wrong else good


def _keep_good(folder: Path) -> None:
    """A copy of what was read, made anew where it differs. Where it cannot be written there is none."""
    good = folder / GOOD
    now = {path.name: path.read_bytes() for path in folder.glob("*.yaml")}
    kept = {path.name: path.read_bytes() for path in good.glob("*.yaml")}
    if now == kept:
        return
    try:
        shutil.rmtree(good, ignore_errors=True)
        good.mkdir()
        for name, content in now.items():
            (good / name).write_bytes(content)
    except OSError:
        shutil.rmtree(good, ignore_errors=True)


def _learned(folder: Path, lore: Lore, said: Callable[[str], None]) -> tuple[Encoder, Weights]:
    """What was learned here; the bundled ones where nothing was, or it is broken, or of an older version."""
    if not folder.is_dir():
        return lore.encoder, lore.weights
    try:
        if (folder / OF).read_text("utf-8").strip() != print_of():
            said(OLDER.format(folder.name, OF))
            return lore.encoder, lore.weights
        return Encoder.load(folder), Weights.load(folder)
    except CatalogError as error:
        said("\n".join(f"{folder.name}/{mistake}" for mistake in error.mistakes))
    except (OSError, UnicodeDecodeError) as error:
        name = Path(getattr(error, "filename", None) or encoder.FEATURES).name
        said(f"{folder.name}/{name}:1: {error}")
    return lore.encoder, lore.weights

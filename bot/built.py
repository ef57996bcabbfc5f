"""The catalog and its search index as they were built, kept between starts.

Reading the catalog and the ways of asking and building the index costs a second of CPU, reading what was built
a tenth of it. The file belongs to the sources it was built from: data, learned weights and code of ``procedures``,
and the versions of Python and numpy. With any other it is built anew, and so it is when the file is
broken, somebody else's, or cannot be written. It lies in the user's own cache folder: a pickle can run code.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
import os
import pickle
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

import procedures
from procedures.catalog import Catalog
from procedures.finding import own_words
from procedures.national import elsewhere
from procedures.national.listed import NATIONAL_FILE, Findable, Listed, beside, read_list
from procedures.reading import CatalogError
from procedures.search import Index, bundled

log = logging.getLogger(__name__)
SOURCES = Path(procedures.__file__).parent
NEWEST = 6
"""Files kept: several checkouts may take turns."""


class Built(NamedTuple):
    """What a start needs. ``national``: what is listed beside the catalog, by code; empty without an imported list.

    ``refused``: the desk's own words that were not taken, as file:line. ``elsewhere``: who decides what is learned
    about but not searched, by code.
    """

    catalog: Catalog
    search: Index[Findable]
    national: Mapping[str, Listed]
    refused: tuple[str, ...] = ()
    elsewhere: Mapping[str, Listed] = MappingProxyType({})

    @property
    def listed(self) -> Mapping[str, Listed]:
        """Who decides what the catalog does not hold, by code; an imported list knows best."""
        return {**self.elsewhere, **self.national}


def folder(data_dir: Path) -> Path | None:
    """Where it is kept: ``motcua`` in the user's cache folder, else ``cache`` in the data folder, else nowhere."""
    own = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for place in (Path(own) / "motcua", data_dir / "cache"):
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o700, parents=place.parent != data_dir, exist_ok=True)
            if os.access(place, os.W_OK):
                return place
    return None


def load(place: Path | None, data_dir: Path | None = None) -> Built:
    """The bundled catalog, the list imported into ``data_dir``, and the index of both, kept in the folder ``place``.

    The desk's own ways of asking are part of the index. Where a file is broken that people or a training wrote, it is
    named, and what was built last without a mistake stays in use. Raises CatalogError, OSError where nothing was.
    """
    listed = None if data_dir is None else data_dir / NATIONAL_FILE
    listed = listed if listed is not None and listed.is_file() else None
    own = None if data_dir is None else data_dir / own_words.FOLDER
    of = () if own is None else own_words.files(own)
    code, data = fingerprint(SOURCES, listed, *of)
    file = None if place is None else place / f"catalog-{code}-{data}.pickle"
    found = None if file is None else read(file)
    if found is None:
        try:
            found = _build(listed, own)
        except (CatalogError, OSError, UnicodeDecodeError) as error:
            found = None if place is None else _last_good(place, code)
            if found is None:
                raise
            log.error("%s\nwhat was read last without a mistake stays in use", error)
        else:
            if file is not None:
                found.search.read_all()
                keep(file, found)
    for line in found.refused:
        log.error(line)
    return found


def _build(listed: Path | None, own: Path | None) -> Built:
    refused: list[str] = []
    lore = bundled() if own is None else own_words.load(own, refused.append)
    catalog = Catalog.load()
    national, others = beside(() if listed is None else read_list(listed), catalog)
    index: Index[Findable] = Index([*catalog, *others], lore, own=len(catalog), is_all=False)
    return Built(catalog, index, national, tuple(refused), elsewhere.load())


def _last_good(place: Path, code: str) -> Built | None:
    """What was built last by just this code, from whatever files."""
    found = sorted(place.glob(f"catalog-{code}-*.pickle"), key=lambda each: each.stat().st_mtime, reverse=True)
    return next((kept for each in found if (kept := read(each)) is not None), None)


def fingerprint(folder: Path, *files: Path | None) -> tuple[str, str]:
    """Of the code below ``folder`` and what would run it differently; of every other file there and of ``files``.

    A file is told by name, size and time of change, as make tells it: reading all of them costs a fifth of a second.
    """
    code, data = hashlib.sha256(f"{sys.version} {np.__version__}".encode()), hashlib.sha256()
    sources = (path for path in sorted(folder.rglob("*")) if path.suffix != ".pyc" and path.is_file())
    for path in (*sources, *files):
        if path is None:
            continue
        known = path.stat()
        found = code if path.suffix == ".py" else data
        found.update(f"{path.as_posix()}\0{known.st_size}\0{known.st_mtime_ns}\0".encode())
    return code.hexdigest()[:16], data.hexdigest()[:16]


def read(file: Path) -> Built | None:
    """What a file holds; None where it is missing, broken or somebody else's."""
    try:
        if hasattr(os, "getuid") and file.stat().st_uid != os.getuid():
            return None
        content = file.read_bytes()
    except OSError:
        return None
    collecting = gc.isenabled()
    gc.disable()  # half a million objects that all stay
    try:
        kept: Built = pickle.loads(content)  # noqa: S301 (our own file, as trusted as the database beside it)
    except Exception as error:
        log.warning("%s cannot be read (%s): built anew", file, type(error).__name__)
        return None
    finally:
        if collecting:
            gc.enable()
    return kept


def keep(file: Path, built: Built) -> None:
    """Write beside and rename, so that nobody reads half a file; the oldest of other sources go."""
    beside = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            pickle.dump(built, stream, protocol=5)
        beside.replace(file)
        found = sorted(file.parent.glob("catalog-*.pickle"), key=lambda each: each.stat().st_mtime)
        for old in found[:-NEWEST]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be kept (%s): the next start builds it anew", file, error.strerror)
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)

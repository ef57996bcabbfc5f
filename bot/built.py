"""The catalog and its search index as they were built, kept between starts.

Reading the catalog and the ways of asking and building the index costs a second of CPU, reading what was built
a tenth of it. The file in the data folder belongs to exactly the sources it was built from: data, learned weights and
code of ``procedures``, and the versions of Python and numpy. With any other it is built anew, and so it is when the
file is broken or cannot be written. The data folder is trusted as the database in it is: a pickle can run code.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
import os
import pickle
import sys
from pathlib import Path

import numpy as np

import procedures
from procedures.catalog import Catalog
from procedures.procedure import Procedure
from procedures.search import Index

log = logging.getLogger(__name__)
SOURCES = Path(procedures.__file__).parent
FOLDER = "cache"
Built = tuple[Catalog, Index[Procedure]]


def load(data_dir: Path) -> Built:
    """The bundled catalog and its index, kept under ``data_dir`` where that exists. Raises CatalogError, OSError."""
    file = data_dir / FOLDER / f"catalog-{fingerprint(SOURCES)}.pickle"
    kept = _read(file)
    if kept is not None:
        return kept
    catalog = Catalog.load()
    index = Index(catalog.procedures)
    if data_dir.is_dir():
        index.read_all()
        _keep(file, (catalog, index))
    return catalog, index


def fingerprint(folder: Path) -> str:
    """Changes with every byte and name below ``folder``, and with what would read it differently."""
    found = hashlib.sha256(f"{sys.version} {np.__version__}".encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            found.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:32]


def _read(file: Path) -> Built | None:
    try:
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


def _keep(file: Path, built: Built) -> None:
    """Write beside and rename, so that nobody reads half a file; those of other sources go."""
    beside = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            pickle.dump(built, stream, protocol=5)
        beside.replace(file)
        for other in file.parent.glob("catalog-*.pickle"):
            if other != file:
                other.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be kept (%s): the next start builds it anew", file, error.strerror)
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)

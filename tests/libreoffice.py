"""LibreOffice opens what we made and stores it again, as whoever gets the file would."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""The setting "Recalculation on File Load: Always"."""


def stored_again(folder: Path, filter_name: str, *files: Path, part: str) -> list[Path]:
    """The files after ``part`` (calc, writer) of LibreOffice opened them, written by ``filter_name`` ("xlsx:…"); the
    test is skipped where that is not installed."""
    if shutil.which("soffice") is None or not _has(part):
        pytest.skip(f"no LibreOffice here: apt-get install --no-install-recommends libreoffice-{part}-nogui")
    user = folder / "profile" / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    out = folder / "out"
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", filter_name, "--outdir", str(out), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE, env={**os.environ, "HOME": str(folder)})
    return [out / f"{file.stem}.{filter_name.partition(':')[0]}" for file in files]


def _has(part: str) -> bool:
    program = Path(shutil.which("soffice") or "").resolve().parent
    return (program / {"calc": "libsclo.so", "writer": "libswlo.so"}[part]).exists()

"""README's commands do what it says. (``make test`` is what runs this: it is not run within itself.)"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.world import ROOT

pytestmark = pytest.mark.slow
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)


def environment(folder: Path) -> dict[str, str]:
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("MOTCUA_", "ONESTOP_", "TELEGRAM_"))
    }
    return {**kept, "MOTCUA_PORT": "0", "MOTCUA_DATA_DIR": str(folder)}


def test_the_commands_are_known() -> None:
    assert [block.split()[0:2] for block in BLOCKS[:2]] == [["make", "run"], ["make", "test"]]
    assert len(BLOCKS) >= 5


@pytest.mark.parametrize("block", [block for block in BLOCKS if not block.startswith("make")])
def test_a_block_runs_as_written(block: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", block],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


async def test_make_run_prints_all_that_a_newcomer_needs_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        "make", "run", cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    printed = ""
    while "Ctrl-C stops." not in printed:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        assert line, printed
        printed += line.decode()
    os.killpg(process.pid, signal.SIGINT)
    await asyncio.wait_for(process.wait(), PATIENCE)
    assert re.search(r"http://127\.0\.0\.1:\d+/", printed)
    assert len(re.findall(r"^  H99\.\d\d-\d{6}-\d{4}  \d{4}  ", printed, re.M)) == 4
    assert "CB-" in printed
    assert "TELEGRAM_BOT_TOKEN" in printed

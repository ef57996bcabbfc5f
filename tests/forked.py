"""The program as a process that begins with everything imported.

Two hundred processes are started by the tests, and two thirds of a start is Python reading modules that the last one
read too. Each is a process of its own all the same, with its own memory, files and end: it is forked from one that has
imported the program and done nothing else. That the command itself starts is seen in ``test_process`` and
``test_readme``.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

# as bot/__main__.py does, before numpy is read: one thread, so that forking is safe
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import bot.commands.cli  # the one that forks has read these
import bot.commands.serve
import bot.telegram_channel
import bot.zalo.channel  # noqa: F401
from handlers.texts.sentences import sentences

sentences()  # read once, as the modules are
gc.freeze()  # what all share is looked through, and so copied, by none

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.forked"])


def _live(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    out: Path,
    err: Path,
    given: Path | None = None,
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, file in ((1, out), (2, err)):
        with file.open("ab") as stream:
            os.dup2(stream.fileno(), number)
    if given is not None:
        sys.stdin = given.open(encoding="utf-8")
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


class Forked:
    """``python -m MODULE ARGUMENTS`` in a folder; told to and waited for like a process of asyncio."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self._process = _CONTEXT.Process(target=_live, args=(module, arguments, dict(environment), folder, log, log))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """None while it lives; negative: the signal that ended it."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self._process.pid is not None and self.returncode is None:
            os.kill(self._process.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        return self._process.exitcode or 0


def motcua(
    folder: Path, environment: Mapping[str, str], *command: str, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """One command, carried out to its end in ``folder`` with ``given`` to read. Raises TimeoutError after a minute."""
    with TemporaryDirectory(prefix="motcua-") as place:
        typed, out, err = (Path(place) / name for name in ("in", "out", "err"))
        typed.write_text(given, encoding="utf-8")
        process = _CONTEXT.Process(target=_live, args=("bot", command, dict(environment), folder, out, err, typed))
        process.start()
        process.join(60)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(" ".join(command))
        return subprocess.CompletedProcess(command, process.exitcode, out.read_text(), err.read_text())

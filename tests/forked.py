"""The program as a process that begins with everything imported.

A kill test starts a server a hundred times, and half of a start is Python reading modules that the last one read too.
Each is a process of its own all the same, with its own memory, files and end: it is forked from one that has imported
the program and done nothing else. That the command itself starts is seen by the tests of processes.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# as bot/__main__.py does, before numpy is read: one thread, so that forking is safe
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import bot.commands.cli  # the one that forks has read these
import bot.commands.serve
import bot.telegram_channel
import bot.zalo.channel  # noqa: F401

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.forked"])


def _live(module: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with log.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


class Forked:
    """``python -m MODULE ARGUMENTS`` in a folder; told to and waited for like a process of asyncio."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self._process = _CONTEXT.Process(target=_live, args=(module, arguments, dict(environment), folder, log))
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

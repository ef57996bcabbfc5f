"""Where a command reads and writes: its own terminal, or the terminal of somebody who asks through the socket."""

from __future__ import annotations

import asyncio
import sys
from typing import Protocol


class Console(Protocol):
    """Data goes to ``out``, all else to ``err``; ``line`` is the next input line without its end, None at the end."""

    def out(self, text: str) -> None:
        """Write one piece of data and a line end."""
        ...

    def err(self, text: str) -> None:
        """Write one remark and a line end."""
        ...

    async def line(self) -> str | None:
        """Read."""
        ...


def unreadable(error: Exception) -> int:
    """The exit code where a file that was named cannot be read, after saying which; raises what is about no file."""
    named = getattr(error, "filename", None)
    if isinstance(error, OSError) and named is None:
        raise error
    print(f"{named}: {error.strerror}" if isinstance(error, OSError) else error, file=sys.stderr)
    return 2


class OwnConsole:
    """This process's standard streams."""

    def out(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def err(self, text: str) -> None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    async def line(self) -> str | None:
        raw = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.readline)
        return raw.decode("utf-8", "replace").rstrip("\r\n") if raw else None

"""How much CPU and memory a start takes: ``python benchmarks/start.py [RUNS]``.

Each run starts ``motcua serve`` with demo data, waits for /readyz and reads what the system accounts to the process.
The yardstick in the same run: a Python that only imports aiohttp and SQLAlchemy.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PORT = 18080
YARDSTICK = "import aiohttp.web, sqlalchemy.ext.asyncio"


def account(pid: int) -> tuple[float, float]:
    """CPU seconds and resident megabytes of a live process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    resident = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return (int(fields[11]) + int(fields[12])) / ticks, resident


def one(folder: Path) -> tuple[float, float, float]:
    """CPU seconds to ready, resident MB when ready, seconds to stop."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MOTCUA_", "ONESTOP_", "TELEGRAM_"))}
    ours = {"MOTCUA_DEMO": "1", "MOTCUA_PORT": str(PORT), "MOTCUA_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env={**kept, **ours}, cwd=folder, **quiet)
    for _ in range(1000):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            break
    cpu, resident = account(server.pid)
    time.sleep(3)
    resident = max(resident, account(server.pid)[1])
    began = time.monotonic()
    server.send_signal(signal.SIGINT)
    server.wait(20)
    return cpu, resident, time.monotonic() - began


def yardstick() -> float:
    """CPU seconds of a Python that only imports the two libraries."""
    before = os.times()
    subprocess.run([sys.executable, "-c", YARDSTICK], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", *(str(p.parent) for p in ROOT.glob("*/__init__.py"))], check=True
    )
    with tempfile.TemporaryDirectory() as folder:
        first = one(Path(folder))
        rows = [(one(Path(folder)), yardstick()) for _ in range(runs)]
    cpu, resident, stop = (statistics.median(values) for values in zip(*(row for row, _ in rows), strict=True))
    base = statistics.median(values for _, values in rows)
    print(f"{'':24}{'CPU s to ready':>16}{'resident MB':>14}{'s to stop':>12}")
    print(f"{'first start (migrates)':24}{first[0]:16.2f}{first[1]:14.0f}{first[2]:12.2f}")
    print(f"{f'median of {runs}':24}{cpu:16.2f}{resident:14.0f}{stop:12.2f}")
    print(f"{'only the imports':24}{base:16.2f}")
    print(f"ratio {cpu / base:.1f}")


if __name__ == "__main__":
    main()

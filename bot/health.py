"""``python -m bot.health``: asks this machine's own server whether it lives; for containers. Exit 0 or 1."""

from __future__ import annotations

import os
import sys
import urllib.request


def main() -> int:
    """0 when /healthz answers within four seconds."""
    port = os.environ.get("MOTCUA_PORT", "8080")
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=4).close()
    except OSError as error:
        print(f"motcua: no answer on port {port}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""A process that wants a new token at the same moment as another one: ``python -m tests.zalo_racer DATABASE ROOT``.

Each line of input is the token that Zalo refused; each line of output the one that this process would go on with.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime

from bot.zalo.tokens import TokenStore
from channels.zalo_http import Roots, ZaloHttp
from channels.zalo_oauth import OAuth
from channels.zalo_token import NoToken
from emulators.zalo import APP_ID, APP_SECRET, OA_ID
from storage.engine import Database
from tests.engine import KEYS


def store(database: Database, root: str, me: str, **more: object) -> TokenStore:
    """A store as the program makes it."""
    http = ZaloHttp(Roots(root, root, root), patience=5.0)
    values: dict[str, object] = {"now": lambda: datetime.now(UTC), "me": me, **more}
    return TokenStore(database, KEYS.seal("zalo tokens"), OAuth(http, APP_ID, APP_SECRET), OA_ID, **values)  # type: ignore[arg-type]


async def main(url: str, root: str) -> None:
    database = Database(url)
    mine = store(database, root, str(os.getpid()))
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            print(await mine.renewed(line.strip()), flush=True)
        except NoToken as error:
            print(f"none: {error}", flush=True)
    await mine.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))

"""Result slips for those who print them: the command line, and the desk's own software over HTTP."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import to_builtins
from sqlalchemy import Connection

from bot.control import Does
from bot.paper import slip
from bot.paper.sheets import set_slip
from bot.proofs import receipts, slips
from bot.proofs.paper_desk import PaperDesk, asked_for, note, parsed
from bot.proofs.receipts import Link
from handlers.texts import common
from handlers.texts import receipt as receipt_texts
from handlers.texts import slips as texts
from onestop import store
from onestop.days.calendar import vietnam_date
from ratings import typed_code


class SlipDesk(PaperDesk):
    """Makes and ends result slips."""

    def by_name(self) -> Mapping[str, Does]:
        """The operations that another process may ask for."""
        return {"slip": self.slip, "slip_end": self.slip_end}

    async def slip(self, given: dict[str, Any]) -> Any:
        """``{"code","n"|null,"afresh"}`` → a slip: ``code n made known unit phone demo typed links linked``.

        ``typed``: the eight characters; ``links``: what the QR of each channel opens; ``linked``: the same to be sent
        as a link.
        """
        code, now, n = parsed(given["code"]), self._now(), given.get("n")
        who = str(given.get("who", "operator"))

        def write(connection: Connection) -> tuple[slips.Printed, store.Stored | None]:
            known = store.find(connection, code.canonical)
            afresh = bool(given.get("afresh"))
            made = slips.issue(connection, self._keys, code.canonical, now, n=n, afresh=afresh)
            note(connection, now, who, "made a slip", self._unit(known), code)
            return made, known

        made, known = await self._database.write(write)
        return {
            **self._described(code, known),
            "n": made.n,
            "made": vietnam_date(made.made_at).isoformat(),
            "typed": typed_code.shown(made.typed),
            "links": [to_builtins(link) for link in self._links(made.scanned)],
            "linked": [to_builtins(link) for link in self._links(made.linked)],
        }

    async def slip_end(self, given: dict[str, Any]) -> Any:
        """``{"code"}`` → ``{"code","ended"}``: no slip of the dossier printed so far opens anything any more."""
        return await self._ended(given, "ended slips", slips.end)

    async def answer(self, raw: bytes) -> dict[str, Any]:
        """The answer to a signed request, ``{"service": "slip", "code", "at", "n", "afresh"}``; ``n`` may be missing.

        Raises BadPush where the request is wrong, or not of now.
        """
        asked = asked_for("slip", raw, self._now())
        n = asked.get("n")
        wanted = n if isinstance(n, int) and n > 0 else None
        made = await self.slip({**asked, "n": wanted, "who": "onestop"})
        return {"error_code": "00", "result": {**made, "pictures": await asyncio.to_thread(_pictures, made)}}

    def _links(self, token: str) -> tuple[Link, ...]:
        """On Zalo nothing can be opened by a link: there the eight characters are typed."""
        return receipts.links(token, web=self._settings.page, telegram=self._telegram(), zalo=None)


def paper_of(made: dict[str, Any]) -> slip.ResultPaper:
    """The A6 paper of a slip; its QR opens the first channel that can be opened."""
    link = next((Link(**each) for each in made["links"]), None)
    lines = [texts.print_web()] if link is not None else []
    lines.append(texts.print_typed(made["typed"]))
    if link is not None:
        lines.append(texts.print_where(link.url.partition("?")[0].removeprefix("https://").rstrip("/")))
    lines += [texts.print_keep(), texts.print_never()]
    if made["phone"] is not None:
        lines.append(receipt_texts.phone(made["phone"]))
    if made["demo"]:
        lines.append(common.demo_mark())
    return slip.ResultPaper(
        texts.print_title(), made["unit"] or "", made["typed"], tuple(lines), date.fromisoformat(made["made"]), link
    )


def files_of(made: dict[str, Any]) -> dict[str, bytes]:
    """What is printed, by the end of its file's name: the paper as PDF, PNG and SVG, the QR of each channel."""
    paper = paper_of(made)
    files = {"-slip.pdf": set_slip(paper), "-slip.png": set_slip(paper, "png")}
    files["-slip.svg"] = slip.result_slip(paper).encode()
    for link in (Link(**each) for each in made["links"]):
        files[f"-rate-{link.channel}.png"] = slip.png(link)
        files[f"-rate-{link.channel}.svg"] = slip.svg(link).encode()
    return files


def _pictures(made: dict[str, Any]) -> dict[str, str]:
    """Each file in base64."""
    return {name.lstrip("-"): base64.b64encode(body).decode() for name, body in files_of(made).items()}

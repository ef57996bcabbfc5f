"""Detail pages of the national database, as it gives them (JSON) or as text (Markdown), as rows of the list.

Only what says who handles what is taken: code, name, field, level, agency, address. A folder is read whole, or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from procedures.finding.fold import syllables
from procedures.national.listed import Listed, listed_row
from procedures.reading import CatalogError, Mistake, read_text

FIELDS = {
    "ma_thu_tuc": "code",
    "ten_thu_tuc": "name",
    "linh_vuc": "field",
    "cap_thuc_hien": "level",
    "co_quan_co_tham_quyen": "agency",
    "detail_url": "url",
}
"""Keys of the JSON page, as the database names them."""
HEADS = {
    "mã thủ tục": "code",
    "lĩnh vực": "field",
    "cấp thực hiện": "level",
    "cơ quan có thẩm quyền": "agency",
}
"""What stands in bold in the page as text."""
NOTHING = "Không có thông tin"

_TITLE = re.compile(r"^# +(.+)$", re.MULTILINE)
_FACT = re.compile(r"^\* \*\*([^*:]+):\*\* *(.*)$", re.MULTILINE)


def read_pages(folder: Path) -> tuple[Listed, ...]:
    """All ``*.json`` and ``*.md`` of a folder, one page a file. Raises CatalogError with every mistake, OSError."""
    mistakes: list[Mistake] = []
    rows: dict[str, Listed] = {}
    for path, row in _rows(folder, mistakes):
        # doubles of one procedure carry one name
        row.setdefault("family", " ".join(syllables(str(row.get("name") or ""))))
        listed = listed_row(path.name, 1, row, mistakes)
        if listed is not None and rows.setdefault(listed.code, listed) is not listed:
            mistakes.append(Mistake(path.name, 1, f"the code {listed.code} has another page", "keep one"))
    if not rows and not mistakes:
        mistakes.append(Mistake(folder.name, 1, "no page was found", "put *.json or *.md pages here"))
    if mistakes:
        raise CatalogError(tuple(sorted(mistakes)))
    return tuple(rows.values())


def _rows(folder: Path, mistakes: list[Mistake]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.md")]):
        text = read_text(path, mistakes)
        if text is None:
            continue
        row = _of_json(text) if path.suffix == ".json" else _of_text(text)
        if row is None:
            mistakes.append(Mistake(path.name, 1, "this is no page", 'a JSON object with "ma_thu_tuc"'))
        else:
            yield path, {key: value for key, value in row.items() if value not in ("", NOTHING)}


def _of_json(text: str) -> dict[str, Any] | None:
    try:
        page = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return {ours: page.get(theirs) for theirs, ours in FIELDS.items()} if isinstance(page, dict) else None


def _of_text(text: str) -> dict[str, Any]:
    title = _TITLE.search(text)
    facts = {HEADS[head.strip().lower()]: said.strip() for head, said in _FACT.findall(text) if head.lower() in HEADS}
    return {"name": "" if title is None else title[1].strip(), **facts}

"""What was built is kept between starts, and never outlives its sources."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from bot import built
from procedures.finding import own_words
from procedures.reading import CatalogError
from procedures.search import Answer

ASKED = ("lam khai sinh cho con", "sang tên sổ đỏ cho con", "hôm nay trời mưa không", "xin giay doc than")


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, built.Built]:
    """A first start: the file that it kept, and what it built."""
    folder = tmp_path_factory.mktemp("first")
    whole = built.load(folder)
    (file,) = kept(folder)
    return file, whole


def test_the_second_start_answers_as_the_first(first: tuple[Path, built.Built]) -> None:
    file, (catalog, index, *_) = first
    again, same, *_ = built.load(file.parent)
    assert again is not catalog
    assert again.procedures == catalog.procedures
    assert again.by_code("1.001193") == catalog.by_code("1.001193")
    assert again.fields() == catalog.fields()
    assert [same.decide(text) for text in ASKED] == [index.decide(text) for text in ASKED]
    answer = same.decide(ASKED[0])
    assert isinstance(answer, Answer)
    assert answer.hit.procedure is again.by_code("1.001193")
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"nothing of ours", b"\x80\x05cos\nsystem\n", b"\x80\x05K"])
def test_a_broken_file_is_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "catalog-x.pickle"
    file.write_bytes(content)
    assert built.read(file) is None
    assert built.read(tmp_path / "missing") is None


def test_a_broken_file_is_built_anew(tmp_path: Path, first: tuple[Path, built.Built]) -> None:
    file = tmp_path / first[0].name
    file.write_bytes(first[0].read_bytes()[:-1000])
    catalog, *_ = built.load(tmp_path)
    assert catalog.by_code("1.001193") is not None
    assert len(file.read_bytes()) == first[0].stat().st_size


def test_what_is_wrong_is_told_at_every_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = tmp_path / "data"
    (data / own_words.FOLDER).mkdir(parents=True)
    (data / own_words.FOLDER / own_words.DESK).write_text("1.001193: [làm giấy cho bé\n")
    built.load(tmp_path, data)
    (first,) = caplog.messages
    assert own_words.DESK in first
    assert len(kept(tmp_path)) == 2
    built.load(tmp_path, data)
    assert caplog.messages == [first, first]
    assert len(kept(tmp_path)) == 2  # the kept one was read


def test_the_oldest_of_other_sources_go(tmp_path: Path, first: tuple[Path, built.Built]) -> None:
    for n in range(built.NEWEST + 2):
        old = tmp_path / f"catalog-{n}.pickle"
        old.write_bytes(b"old")
        os.utime(old, (n, n))
    built.keep(tmp_path / "catalog-mine.pickle", first[1])
    left = {f"catalog-{n}.pickle" for n in range(3, built.NEWEST + 2)}
    assert {file.name for file in kept(tmp_path)} == left | {"catalog-mine.pickle"}


def test_without_a_folder_nothing_is_kept() -> None:
    catalog, *_ = built.load(None)
    assert catalog.by_code("1.001193") is not None


def test_where_the_user_has_no_cache_the_data_folder_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert built.folder(tmp_path / "nowhere") is None
    assert built.folder(tmp_path) == tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert built.folder(tmp_path) == tmp_path / "own" / "motcua"


def test_every_change_and_name_counts(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("một")
    prints = {built.fingerprint(tmp_path)}
    (tmp_path / "a.yaml").write_text("hai")
    prints.add(built.fingerprint(tmp_path))
    os.utime(tmp_path / "a.yaml", ns=(0, 1))  # another word of the same length
    prints.add(built.fingerprint(tmp_path))
    (tmp_path / "a.yaml").rename(tmp_path / "b.yaml")
    prints.add(built.fingerprint(tmp_path))
    (tmp_path / "c.yaml").write_text("")
    prints.add(built.fingerprint(tmp_path))
    assert len(prints) == 5
    (tmp_path / "c.pyc").write_text("what Python keeps for itself")
    assert built.fingerprint(tmp_path) in prints


def test_a_broken_list_is_named_and_the_last_good_one_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A new program that has read nothing yet has nothing to fall back on; one that has goes on with that."""
    place, listed = tmp_path / "cache", tmp_path / "national.jsonl"
    place.mkdir()
    row = {"code": "7.000001", "name": "Cấp giấy phép bay thử", "family": "cap giay phep bay thu", "agency": "Bộ Gió"}
    listed.write_text(json.dumps(row) + "\n")
    good = built.load(place, tmp_path)
    assert good.national["7.000001"].agency == "Bộ Gió"
    listed.write_text(json.dumps(row) + "\n{broken\n")
    stays = built.load(place, tmp_path)
    assert stays.national["7.000001"].agency == "Bộ Gió"
    assert "national.jsonl:2: " in caplog.text
    assert len(kept(place)) == 1
    with pytest.raises(CatalogError, match=r"national.jsonl:2: "):
        built.load(tmp_path / "empty", tmp_path)

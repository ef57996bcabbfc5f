"""What was built is kept between starts, and never outlives its sources."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot import built
from procedures.search import Answer

ASKED = ("lam khai sinh cho con", "sang tên sổ đỏ cho con", "hôm nay trời mưa không", "xin giay doc than")


def kept(folder: Path) -> list[Path]:
    return sorted((folder / built.FOLDER).glob("*"))


def test_the_second_start_answers_as_the_first(tmp_path: Path) -> None:
    (catalog, index), (again, same) = built.load(tmp_path), built.load(tmp_path)
    assert again is not catalog
    assert again.procedures == catalog.procedures
    assert again.by_code("1.001193") == catalog.by_code("1.001193")
    assert again.fields() == catalog.fields()
    assert [same.decide(text) for text in ASKED] == [index.decide(text) for text in ASKED]
    answer = same.decide(ASKED[0])
    assert isinstance(answer, Answer)
    assert answer.hit.procedure is again.by_code("1.001193")
    (file,) = kept(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"nothing of ours", b"\x80\x05cos\nsystem\n"])
def test_a_broken_file_is_built_anew(tmp_path: Path, content: bytes) -> None:
    built.load(tmp_path)
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(content)
    catalog, _ = built.load(tmp_path)
    assert catalog.by_code("1.001193") is not None
    assert len(file.read_bytes()) == len(whole)


def test_what_belongs_to_other_sources_goes(tmp_path: Path) -> None:
    (tmp_path / built.FOLDER).mkdir()
    (tmp_path / built.FOLDER / "catalog-0123.pickle").write_bytes(b"old")
    built.load(tmp_path)
    assert [file.name for file in kept(tmp_path)] == [f"catalog-{built.fingerprint(built.SOURCES)}.pickle"]


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    built.load(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_every_byte_and_name_counts(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("một")
    prints = {built.fingerprint(tmp_path)}
    (tmp_path / "a.yaml").write_text("hai")
    prints.add(built.fingerprint(tmp_path))
    (tmp_path / "a.yaml").rename(tmp_path / "b.yaml")
    prints.add(built.fingerprint(tmp_path))
    (tmp_path / "c.yaml").write_text("")
    prints.add(built.fingerprint(tmp_path))
    assert len(prints) == 4
    (tmp_path / "c.pyc").write_text("what Python keeps for itself")
    assert built.fingerprint(tmp_path) in prints

"""A desk's own ways of asking: read over the bundled ones, refused with file and line, the last good ones stay."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot import built
from bot.keys import Keys
from bot.learning import desk_training
from bot.local.facts import decide, propose
from bot.operations import Operations
from bot.tables import open_questions
from handlers.effects import FactDecided, FactProposed, LeftOpen
from procedures.finding import own_words
from procedures.finding.terms import written
from procedures.local import Basis, Fact, LocalFact
from procedures.procedure import Procedure
from procedures.reading import CatalogError
from procedures.search import Answer, Index, bundled
from storage.engine import Database
from storage.tables import officials
from tests.fakes import catalog, offices

BIRTH = "1.001193"
WAYS = f'- code: "{BIRTH}"\n  name: Thủ tục đăng ký khai sinh\n  ways:\n    - xin tờ giấy đẻ cho thằng cu\n'


def said() -> list[str]:
    return []


def test_without_a_folder_the_words_are_the_bundled_ones(tmp_path: Path) -> None:
    assert own_words.load(tmp_path / "search", print) is bundled()


def test_ones_own_ways_count_at_once(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(WAYS)
    lore = own_words.load(tmp_path, print)
    assert "xin tờ giấy đẻ cho thằng cu" in lore.phrasings.ways[BIRTH]
    assert lore.phrasings.ways[BIRTH][:3] == bundled().phrasings.ways[BIRTH][:3]
    assert lore.encoder is bundled().encoder
    few: Index[Procedure] = Index([each for each in catalog() if each.field == "Hộ tịch"], lore)
    decision = few.decide("xin tờ giấy đẻ cho thằng cu")
    assert isinstance(decision, Answer)
    assert decision.hit.procedure.code == BIRTH


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WAYS.replace('"', ""), "desk.yaml:1: "),
        (WAYS + "    - xin tờ giấy đẻ cho thằng cu\n", "desk.yaml:5: "),
        (WAYS + "    - [", "desk.yaml:"),
        (WAYS.replace("ways:", "way:"), "desk.yaml:"),
    ],
)
def test_a_broken_file_is_named_and_the_last_good_one_stays(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "desk.yaml").write_text(WAYS)
    own_words.load(tmp_path, print)
    (tmp_path / "desk.yaml").write_text(text)
    told = said()
    lore = own_words.load(tmp_path, told.append)
    assert told and words in told[0] and told[0].startswith(tmp_path.name)
    assert "xin tờ giấy đẻ cho thằng cu" in lore.phrasings.ways[BIRTH]


def test_broken_at_first_leaves_the_bundled_words(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text("[")
    told = said()
    assert own_words.load(tmp_path, told.append).phrasings.ways == bundled().phrasings.ways
    assert len(told) == 1


@pytest.mark.parametrize("of", ["another", None])
def test_weights_that_are_broken_or_of_another_version_are_not_used(tmp_path: Path, of: str | None) -> None:
    (tmp_path / "learned").mkdir()
    (tmp_path / "learned" / "of.txt").write_text(of or own_words.print_of())
    (tmp_path / "learned" / "weights.json").write_text("{")
    told = said()
    lore = own_words.load(tmp_path, told.append)
    assert (lore.encoder, lore.weights) == (bundled().encoder, bundled().weights)
    assert len(told) == 1 and told[0].startswith("learned/")


def test_the_index_is_built_anew_for_new_words(tmp_path: Path) -> None:
    folder = tmp_path / "search"
    folder.mkdir()
    (folder / "desk.yaml").write_text(WAYS)
    before = built.fingerprint(folder, *own_words.files(folder))
    (folder / "desk.yaml").write_text(WAYS + "    - làm giấy cho bé\n")
    assert built.fingerprint(folder, *own_words.files(folder)) != before
    assert own_words.files(tmp_path / "nowhere") == ()


def test_what_was_agreed_on_is_written_like_the_bundled_ways(tmp_path: Path) -> None:
    ways = [
        (BIRTH, 'giấy "đẻ": cho bé'),
        ("9.999999", "không có"),
        (BIRTH, "giấy đẻ cho bé"),
        ("1.000656", "giấy “đẻ” cho bé"),
    ]
    desk_training.write_words(tmp_path / "none", tmp_path, ways, catalog())
    told = said()
    lore = own_words.load(tmp_path, told.append)
    assert told == []
    assert lore.phrasings.ways[BIRTH][-1] == 'giấy "đẻ": cho bé'
    assert lore.phrasings.ways["1.000656"] == bundled().phrasings.ways["1.000656"]


def test_where_nothing_was_agreed_on_there_is_no_file_and_ones_own_stay(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    for name in ("desk.yaml", "mine.yaml"):
        (old / name).write_text(WAYS)
    desk_training.write_words(old, new, [("9.999999", "không có")], catalog())
    assert [path.name for path in new.iterdir()] == ["mine.yaml"]
    assert own_words.load(new, print).phrasings.ways[BIRTH][-1] == "xin tờ giấy đẻ cho thằng cu"


async def test_what_two_officials_agreed_on_is_what_is_learned(database: Database) -> None:
    at = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

    def write(connection: Connection) -> None:
        for words in ("xin tờ giấy đẻ", "giấy đẻ"):
            open_questions.leave(connection, at, LeftOpen("H99.07", words, "unclear"))
        for id, chat in (("cb-a", "web/1/a"), ("cb-b", "web/1/b")):
            row = {"id": id, "chat": chat, "unit": "H99.07", "role": "staff", "since": at}
            connection.execute(officials.insert().values(row))
        for number, way in ((1, "xin tờ giấy đẻ"), (2, "chưa ai duyệt")):
            fact = LocalFact("H99.07", BIRTH, Fact.WAY, way, Basis("", date(2026, 11, 22)))
            propose(connection, "web/1/a", at, FactProposed(number, fact, "cb-a"))
        decide(connection, "web/1/b", at, FactDecided(1, True, "cb-b"))

    await database.write(write)
    operations = Operations(database, Keys(b"k" * 32), offices(), demo=False)
    assert await operations.ways({}) == {"ways": [[BIRTH, "xin tờ giấy đẻ"]], "asked": ["giấy đẻ"]}


@pytest.mark.slow
def test_a_training_prints_what_changes_and_takes_its_place_at_the_end(tmp_path: Path) -> None:
    ways = [(BIRTH, "xin tờ giấy đẻ cho thằng cu")]
    lines = said()
    changed = desk_training.learn(tmp_path, ways, ["giấy đẻ thằng cu"], lines.append, keep=True)
    assert any("→" in line for line in changed)
    assert [path.name for path in tmp_path.iterdir()] == ["search"]
    assert (tmp_path / "search" / "desk.yaml").is_file()
    told = said()
    lore = own_words.load(tmp_path / "search", told.append)
    assert told == []
    before, after = bundled().encoder.classes, lore.encoder.classes
    taught = lore.encoder.embed(written("xin tờ giấy đẻ cho thằng cu", lore.words))
    assert float(after[BIRTH] @ taught) > float(before[BIRTH] @ taught)
    assert all(float(before[code] @ after[code]) > 0.999 for code in before if code != BIRTH)
    (tmp_path / "search" / "mine.yaml").write_text("[")
    with pytest.raises(CatalogError, match=r"mine\.yaml:\d"):
        desk_training.learn(tmp_path, ways, [], lines.append, keep=True)
    assert own_words.load(tmp_path / "search", told.append).phrasings.ways[BIRTH][-1] == "xin tờ giấy đẻ cho thằng cu"

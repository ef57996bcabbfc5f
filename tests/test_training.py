"""Learning: the same texts give the same bytes, what was learned generalises, weights follow what was right."""

import random
from pathlib import Path

import numpy as np
import pytest

from procedures.catalog import Catalog
from procedures.finding.encoder import Encoder, runs
from procedures.finding.evidence import ABOUT, CHANNELS, OUTSIDE
from procedures.finding.lay_words import LayWords
from procedures.finding.ranking import UNFITTED, Weights, shares
from procedures.finding.terms import Spoken, written
from procedures.learning.evaluate import Family
from procedures.learning.fitting import Ranked, fit_ranks, fit_sure
from procedures.learning.lessons import Lessons, train
from procedures.learning.phrasings import Phrasings
from procedures.learning.questions import Question
from procedures.learning.slips import slipped, spoiled
from procedures.learning.training import Example, Learned, Plan, learn
from procedures.reading import CatalogError

WORDS = LayWords.load()
SMALL = Plan(size=16, epochs=12, batch=8, versions=3, least=1)
BIRTH, DEATH, CHAT = "1.001193", "1.000656", f"{OUTSIDE}chat"
SAID = {
    BIRTH: (
        "làm giấy khai sinh cho con",
        "bé mới sinh làm giấy tờ gì",
        "khai sinh cho cháu nội",
        "sinh con thì khai sinh",
    ),
    DEATH: ("ba tôi mới mất", "khai tử cho ông nội", "giấy chứng tử làm ở đâu", "báo tử cho người chết"),
    CHAT: ("hôm nay trời đẹp", "kể chuyện cười đi", "giá vàng hôm nay", "ăn cơm chưa"),
}
EXAMPLES = [Example(written(text, WORDS), frozenset({code}), code) for code, texts in SAID.items() for text in texts]


def test_the_same_texts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        learn(EXAMPLES, SMALL).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 6
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.fixture(scope="module")
def learned() -> Learned:
    return learn(EXAMPLES, SMALL)


def test_what_was_learned_is_near_and_survives_being_written(tmp_path: Path, learned: Learned) -> None:
    learned.save(tmp_path)
    read, kept = Encoder.load(tmp_path), learned.encoder()
    assert read.features == kept.features
    assert (read.groups, read.total) == (list(kept.groups), 3)
    for text, meant in (("con mới sinh", BIRTH), ("lam giay bao tu", DEATH), ("kể chuyện đi", CHAT)):
        vector = read.embed(written(text, WORDS))
        assert float(vector @ kept.embed(written(text, WORDS))) == pytest.approx(1, abs=0.01)
        assert max(read.classes, key=lambda code: float(read.classes[code] @ vector)) == meant


def test_many_texts_at_once_are_embedded_as_one_by_one() -> None:
    encoder = learn(EXAMPLES, SMALL).encoder()
    texts = [each.spoken for each in EXAMPLES] + [Spoken([], []), Spoken(["zzz"], ["zzz"])]
    together = encoder.embed_all(texts)
    for row, text in zip(together, texts, strict=True):
        assert row == pytest.approx(encoder.embed(text), abs=1e-5)
    assert not together[-2].any()


def test_rounds_lower_the_loss() -> None:
    begun, learned = (learn(EXAMPLES, Plan(size=16, epochs=rounds, batch=8, versions=1, least=1)) for rounds in (1, 20))
    assert learned.loss < begun.loss / 3


def test_runs_of_letters_stay_within_their_syllable() -> None:
    assert set(runs("an")) == {"#<a", "#an", "#n>", "#<an", "#an>"}
    assert set(runs("o")) == {"#<o", "#o>"}


def test_spoiled_texts_keep_something_and_their_order() -> None:
    chance = random.Random(7)
    spoken = written("đăng ký khai sinh cho cháu nội ở xã", WORDS)
    for _ in range(200):
        worse = spoiled(spoken, chance)
        assert 0 < len(worse.tokens) == len(worse.spelled) <= len(spoken.tokens)
    assert {len(slipped("sinh", chance)) for _ in range(60)} == {3, 4, 5}
    assert slipped("an", chance) == "an"


def test_weights_follow_the_channel_that_is_right() -> None:
    chance = np.random.Generator(np.random.PCG64(3))
    questions = []
    for _ in range(60):
        channels = chance.random((5, 3)).astype(np.float32)
        questions.append(Ranked(channels, channels[:, 1] == channels[:, 1].max()))
    weights = fit_ranks(questions)
    assert weights[1] > 3 * abs(weights[0])
    assert weights[1] > 3 * abs(weights[2])


def test_surely_a_question_or_surely_none() -> None:
    rows = np.asarray([[0.9, 0.1], [0.8, 0.3], [0.2, 0.2], [0.1, 0.4]])
    weights, bias = fit_sure(rows, np.asarray([True, True, False, False]), np.ones(4))
    odds = rows @ weights + bias
    assert (odds > 0).tolist() == [True, True, False, False]


def test_weights_are_kept_word_for_word_and_only_for_these_channels(tmp_path: Path) -> None:
    UNFITTED.save(tmp_path)
    assert Weights.load(tmp_path) == UNFITTED
    path = tmp_path / "weights.json"
    path.write_text(path.read_text("utf-8").replace('"proto"', '"other"'), "utf-8")
    with pytest.raises(
        CatalogError, match=r"weights.json:\d+: channels was written for other channels, run motcua train"
    ):
        Weights.load(tmp_path)
    assert set(UNFITTED.channels) == set(CHANNELS)
    assert set(UNFITTED.about) == set(ABOUT)


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ('"answer": 1.0', '"answer": "much"', "answer is no number"),
        ('"best": 1.0', '"best": null', "best is no number"),
        ('"bias"', '"beyond"', "this does not hold exactly about, answer"),
        ('"sources": []', '"sources": [1]', "no list of files"),
        ("{", "", "this is no JSON"),
    ],
)
def test_broken_weights_are_named_by_line(tmp_path: Path, right: str, wrong: str, named: str) -> None:
    UNFITTED.save(tmp_path)
    path = tmp_path / "weights.json"
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(CatalogError, match=rf"weights.json:\d+: .*{named}"):
        Weights.load(tmp_path)


@pytest.mark.parametrize("file", ["rows.npy", "scales.npy", "classes.npy", "groups.npy"])
def test_a_broken_encoder_is_named(tmp_path: Path, file: str, learned: Learned) -> None:
    learned.save(tmp_path)
    Encoder.load(tmp_path)
    array = np.load(tmp_path / file)
    np.save(tmp_path / file, array[1:])
    with pytest.raises(CatalogError, match=f"{file}:1: .* rows, not "):
        Encoder.load(tmp_path)
    (tmp_path / file).write_bytes(b"half an array")
    with pytest.raises(CatalogError, match=f"{file}:1: this is no array"):
        Encoder.load(tmp_path)


def test_shares_are_of_one() -> None:
    likely = shares(np.asarray([3.0, 1.0, 1.0], np.float32))
    assert float(likely.sum()) == pytest.approx(1)
    assert likely[0] > likely[1] == likely[2]


def _question(number: int, text: str, gold: str | None) -> Question:
    golds = frozenset() if gold is None else frozenset({gold})
    return Question(str(number), text, "oos" if gold is None else "natural", golds, frozenset(), frozenset(), False)


def test_training_with_questions_fits_every_weight() -> None:
    ways = {code: texts for code, texts in SAID.items() if code != CHAT}
    phrasings = Phrasings(ways, {BIRTH: "Thủ tục đăng ký khai sinh", DEATH: "Khai tử"}, {"chat": SAID[CHAT]})
    families = [Family(code, phrasings.names[code], "", (), code, frozenset({code})) for code in ways]
    texts = [("khai sinh cho bé", BIRTH), ("ông tôi mất rồi", DEATH), ("xem phim gì hay", None), ("trời mưa", None)]
    questions = tuple(_question(number, text, gold) for number, (text, gold) in enumerate(texts))
    lessons = Lessons(Catalog(()), WORDS, phrasings, families, questions)
    learned, weights = train(lessons, SMALL, UNFITTED, lambda line: None)
    assert {BIRTH, DEATH, CHAT} <= set(learned.codes)
    assert weights.channels["unbound"] <= -6
    assert weights.about != UNFITTED.about
    assert 0 < weights.ask <= weights.inside < 1
    nothing_asked = Lessons(Catalog(()), WORDS, phrasings, families, ())
    assert train(nothing_asked, SMALL, weights, lambda line: None)[1] == weights

"""The measuring of the search: its formulas, its report, and what the bundled search has to reach."""

import argparse
import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.commands import eval as eval_commands
from procedures.learning.evaluate import Family, bundled_families, evaluate, listed_families
from procedures.learning.measures import accepted_outside, auroc, macro_f1, percentile, share, wilson
from procedures.learning.questions import read_questions
from procedures.national.listed import Listed
from procedures.reading import CatalogError
from tests.books import catalog

OURS = Path(__file__).parent / "questions.jsonl"


def test_wilson() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) is None
    assert share(1, 0) is None


def test_auroc_counts_ties_half() -> None:
    area, low = auroc([0.9, 0.8, 0.5], [0.5, 0.1]) or (0, 0)
    assert area == pytest.approx(5.5 / 6)
    assert 0 <= low < area
    assert auroc([1.0], [0.0]) == (1.0, 1.0)
    assert auroc([], [1.0]) is None


def test_auroc_bound_of_hanley_and_mcneil() -> None:
    """Their paper's example: 51 abnormal, 58 normal, area 0.893 has a standard error of 0.032."""
    table = [(3, 33), (2, 6), (2, 6), (11, 11), (33, 2)]
    abnormal = [float(grade) for grade, (sick, _) in enumerate(table) for _ in range(sick)]
    normal = [float(grade) for grade, (_, well) in enumerate(table) for _ in range(well)]
    area, low = auroc(abnormal, normal) or (0, 0)
    assert area == pytest.approx(0.893, abs=5e-4)
    assert (area - low) / 1.96 == pytest.approx(0.032, abs=1e-3)


def test_accepted_outside() -> None:
    inside = [score / 100 for score in range(1, 101)]
    assert accepted_outside(inside, [0.05, 0.06, 0.5, 0.01]) == 0.5
    assert accepted_outside([], [0.1]) is None


def test_macro_f1_is_a_mean_over_labels() -> None:
    a, b, none = frozenset("a"), frozenset("b"), frozenset[str]()
    assert macro_f1([(a, a), (a, a), (b, none)]) == pytest.approx(0.5)
    assert macro_f1([(a, a | b), (b, b)]) == pytest.approx((1 + 2 / 3) / 2)
    assert macro_f1([]) is None


def test_percentile() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 2
    assert percentile([3, 1, 2, 4], 0.95) == 4
    assert percentile([], 0.5) is None


def question(**fields: Any) -> str:
    return json.dumps({"id": "q", "text": "khai sinh", "slice": "natural", "gold": ["1.000001"], **fields})


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (question(text=" "), "q.jsonl:1: a question without text or slice"),
        (question(slice=None), "q.jsonl:1: a question without text or slice"),
        (question(gold=[]), "q.jsonl:1: a question of natural with 0 gold codes"),
        (question(slice="oos"), "q.jsonl:1: a question of oos with 1 gold codes"),
        (question(gold="1.000001"), "q.jsonl:1: gold or gold_families is no list of texts"),
        ("[1]", "q.jsonl:1: this is no JSON object"),
    ],
)
def test_a_wrong_question_is_named(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        read_questions(path)
    assert named in str(caught.value)


def measured(tmp_path: Path, lines: list[str], families: list[Family]) -> dict[str, Any]:
    path = tmp_path / "q.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    ticks, computed = count(), count(step=2)
    return evaluate(families, read_questions(path), lambda: next(ticks) / 1000, lambda: next(computed) / 1000).as_json()


def family(code: str, name: str, of: str) -> Family:
    return Family(code, name, "", (), of, frozenset({code}))


BIRTH, DEATH, LAND = (
    family("1.000001", "khai sinh", "f1"),
    family("1.000002", "khai tử", "f2"),
    family("1.3", "đất", "f3"),
)


def test_a_report_from_known_outcomes(tmp_path: Path) -> None:
    """Right, right by family, wrong though found, not measured, and one out of scope."""
    lines = [
        question(facet="le_phi", text="lệ phí khai sinh"),
        question(gold=["1.3"], gold_families=["f2"], text="khai tử ở đâu", facet=["where"]),
        question(text="khai tử", slice="abbr"),
        question(gold=["7.777777"]),
        question(slice="oos", gold=[], text="trời mưa"),
    ]
    report = measured(tmp_path, lines, [BIRTH, DEATH, LAND])
    assert (report["n"], report["skipped"]) == (4, 1)
    natural, abbr = report["slices"]["natural"], report["slices"]["abbr"]
    assert (natural["n"], natural["r1"], natural["r3"], natural["mrr"]) == (2, 1.0, 1.0, 1.0)
    assert (abbr["n"], abbr["r1"], abbr["r3"], abbr["mrr"]) == (1, 0.0, 1.0, 0.5)
    assert natural["r1_low"] < 1.0 == natural["r1_high"]
    assert report["oos"]["n"] == 1 and report["oos"]["auroc"] == 1.0 and report["oos"]["far95"] == 0.0
    assert report["direct"] == {"precision": 1.0, "coverage": 1.0}
    assert report["one_question"] == 1.0
    assert report["facets"]["macro_f1"] == 1.0
    assert report["latency_ms"] == {"p50": 1.0, "p95": 1.0}
    assert report["cpu_ms"] == {"p50": 2.0, "p95": 2.0}
    assert (report["build_s"], report["build_cpu_s"]) == (0.001, 0.002)


def test_facets_are_measured_as_labelled(tmp_path: Path) -> None:
    """One label is that of the first facet; a list holds all of them; no facet found means "how"."""
    text = "khai sinh hết bao nhiêu tiền, bao lâu có"
    both, first = question(text=text, facet=["fee", "time"]), question(text=text, facet="le_phi")
    assert measured(tmp_path, [both, first], [BIRTH])["facets"]["macro_f1"] == 1.0
    assert measured(tmp_path, [question(text=text, facet="thoi_han")], [BIRTH])["facets"]["macro_f1"] == 0.0
    assert measured(tmp_path, [question(facet="trinh_tu")], [BIRTH])["facets"]["macro_f1"] == 1.0


def test_nothing_to_measure_gives_null_not_zero(tmp_path: Path) -> None:
    report = measured(tmp_path, [question(gold=["7.777777"])], [BIRTH])
    assert (report["n"], report["skipped"], report["slices"]) == (0, 1, {})
    assert report["oos"] == {"n": 0, "auroc": None, "auroc_low": None, "far95": None}
    assert report["direct"] == {"precision": None, "coverage": None}
    assert report["latency_ms"] == report["cpu_ms"] == {"p50": None, "p95": None}


def test_doubles_of_a_procedure_are_one_family_and_bring_bundled_names() -> None:
    rows = [
        Listed("1.001193", "Đăng ký khai sinh", "f1", ("làm khai sinh",)),
        Listed("2.001193", "Khai sinh cấp tỉnh", "f1"),
        Listed("2.1", "Đất", "f2"),
    ]
    birth, land = listed_families(rows, catalog())
    bundled = catalog().by_code("1.001193")
    assert bundled is not None
    assert (birth.code, birth.family, birth.codes) == ("1.001193", "f1", frozenset({"1.001193", "2.001193"}))
    assert {"Khai sinh cấp tỉnh", "làm khai sinh", *bundled.aliases} <= set(birth.aliases)
    assert (land.plain, land.aliases) == ("", ())


def test_the_bundled_search_reaches_what_it_promises() -> None:
    """Floors with room for a changed alias, not the figures themselves: those are printed by ``make eval``."""
    questions = read_questions(OURS)
    report = evaluate(bundled_families(catalog()), questions, lambda: 0.0).as_json()
    assert report["skipped"] == 0
    slices = report["slices"]
    assert {name: row["n"] >= 10 for name, row in slices.items()} == {"natural": True, "nodia": True, "abbr": True}
    assert slices["natural"]["r1"] >= 0.85
    assert slices["natural"]["r3"] >= 0.97
    assert min(row["r3"] for row in slices.values()) >= 0.9
    assert report["oos"]["n"] >= 20 and report["oos"]["auroc"] >= 0.95
    assert report["direct"]["precision"] >= 0.93 and report["direct"]["coverage"] >= 0.6
    assert report["one_question"] >= 0.88
    assert report["facets"]["macro_f1"] >= 0.85


def carried_out(*words: str) -> int:
    parser = argparse.ArgumentParser()
    eval_commands.add_parser(parser.add_subparsers())
    args = parser.parse_args(words)
    code: int = args.run(args)
    return code


def test_the_command_prints_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalog, questions = tmp_path / "c.jsonl", tmp_path / "q.jsonl"
    catalog.write_text('{"code": "1.000001", "name": "Khai sinh", "family": "f1"}', encoding="utf-8")
    questions.write_text(question(), encoding="utf-8")
    assert carried_out("eval", "questions", str(questions), "--catalog", str(catalog), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report) == [
        *("n", "skipped", "slices", "oos", "direct", "one_question", "facets", "latency_ms", "cpu_ms"),
        *("memory_mb", "build_s", "build_cpu_s"),
    ]
    assert set(report["slices"]["natural"]) == {"n", "r1", "r1_low", "r1_high", "r3", "mrr"}


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out("eval", "questions", str(OURS)) == 0
    out = capsys.readouterr().out
    assert "natural" in out and "AUROC" in out


@pytest.mark.parametrize("content", [None, "{"])
def test_a_file_that_cannot_be_read_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    path = tmp_path / "q.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert carried_out("eval", "questions", str(path)) == 2
    out, err = capsys.readouterr()
    assert out == "" and "q.jsonl" in err

"""The catalog's files: what is read, and that every kind of mistake is named at its line."""

import argparse
import json
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.commands import catalog as catalog_commands
from procedures.catalog import Catalog, read_folder
from procedures.procedure import Level, TimeUnit, Tone, Way
from procedures.reading import CatalogError

GOOD = """\
field: Hộ tịch
procedures:
  - code: "1.001193"
    name: Thủ tục đăng ký khai sinh
    plain: Đăng ký khai sinh
    aliases: [làm giấy khai sinh]
    level: commune
    tone: grief
    discreet: true
    elsewhere: Công an xã
    scope: tỉnh Lai Châu
    effective: {from: 2025-07-01, to: 2027-01-01}
    source: {url: "https://dichvucong.gov.vn/x", decision: "163/QĐ-BTP", checked: 2026-11-22}
    cases:
      - key: thuong
        name: Trường hợp thông thường
        documents:
          - {name: Tờ khai, form: Mẫu số 1, originals: 1, copies: 0, shown: true, note: ghi rõ}
    submissions:
      - way: in_person
        times:
          - {unit: working_days, amount: 3, least: 1, case: thuong}
          - {unit: same_day}
        fees:
          - {what: Lệ phí, amount: 8000, per: bản}
          - {what: Lệ phí quá hạn, note: do tỉnh quy định}
    results: [Giấy khai sinh]
"""


def written(folder: Path, text: str) -> Path:
    (folder / "ho-tich.yaml").write_text(text, encoding="utf-8")
    return folder


def test_every_fact_of_an_entry_is_read(tmp_path: Path) -> None:
    procedure = Catalog.load(written(tmp_path, GOOD)).procedures[0]
    assert (procedure.code, procedure.field, procedure.level, procedure.tone) == (
        "1.001193",
        "Hộ tịch",
        Level.COMMUNE,
        Tone.GRIEF,
    )
    assert (procedure.discreet, procedure.elsewhere, procedure.scope) == (True, "Công an xã", "tỉnh Lai Châu")
    assert (procedure.effective_from, procedure.effective_to) == (date(2025, 7, 1), date(2027, 1, 1))
    assert procedure.source.checked == date(2026, 11, 22)
    document = procedure.cases[0].documents[0]
    assert (document.form, document.originals, document.copies, document.shown) == ("Mẫu số 1", 1, 0, True)
    submission = procedure.submissions[0]
    assert submission.way is Way.IN_PERSON
    assert [(t.unit, t.amount, t.least, t.case) for t in submission.times] == [
        (TimeUnit.WORKING_DAYS, 3, 1, "thuong"),
        (TimeUnit.SAME_DAY, None, None, None),
    ]
    assert [(f.what, f.amount, f.per) for f in submission.fees] == [
        ("Lệ phí", 8000, "bản"),
        ("Lệ phí quá hạn", None, None),
    ]
    assert (procedure.file, procedure.line) == ("ho-tich.yaml", 3)


MISTAKES = {
    "unquoted code": ('"1.001193"', "1.001193", 3, "not quoted"),
    "no code at all": ('"1.001193"', '"khai sinh"', 3, "no procedure's code"),
    "unknown key": ("    plain:", "    plian:", 5, "did you mean plain"),
    "key twice": ("    level: commune", "    level: commune\n    level: commune", 8, "occurs twice"),
    "missing key": ("    level: commune\n", "", 3, "level is missing"),
    "wrong enum": ("level: commune", "level: comune", 7, "did you mean commune"),
    "wrong type": ("aliases: [làm giấy khai sinh]", "aliases: làm giấy khai sinh", 6, "no list"),
    "mapping for text": ("name: Thủ tục đăng ký khai sinh", "name: {a: b}", 4, "name is no text"),
    "number for text": ("plain: Đăng ký khai sinh", "plain: 12", 5, 'write "12" in quotes'),
    "empty text": ("plain: Đăng ký khai sinh", 'plain: " "', 5, "plain is empty"),
    "long label": ("plain: Đăng ký khai sinh", f"plain: {'a' * 61}", 5, "61 characters, at most 60"),
    "long case": ("name: Trường hợp thông thường", f"name: {'b' * 25}", 16, "25 characters, at most 24"),
    "impossible day": ("checked: 2026-11-22", "checked: 2026-02-30", 13, "no day of the calendar"),
    "reversed days": ("to: 2027-01-01", "to: 2024-01-01", 12, "before it begins"),
    "negative money": ("amount: 8000", "amount: -1", 25, "0 or more"),
    "money in words": ("amount: 8000", "amount: 8.000", 25, "no whole number"),
    "octal money": ("amount: 8000", "amount: 0100", 25, "read differently"),
    "fee from nowhere": ("{what: Lệ phí quá hạn, note: do tỉnh quy định}", "{what: Lệ phí quá hạn}", 26, "who sets it"),
    "case of nothing": ("case: thuong", "case: khac", 22, "refers to nothing"),
    "case key": ("key: thuong", "key: thường", 15, "no short name"),
    "least not less": ("least: 1", "least: 3", 22, "not less than amount"),
    "same day with amount": ("{unit: same_day}", "{unit: same_day, amount: 1}", 23, "leave amount out"),
    "days without amount": ("{unit: same_day}", "{unit: days}", 23, "days without amount"),
    "flag": ("discreet: true", "discreet: yes", 9, "neither true nor false"),
    "scope": ("scope: tỉnh Lai Châu", "scope: Lai Châu", 11, "no place"),
    "foreign source": ("https://dichvucong.gov.vn/x", "https://dichvucong.gov.vn.example.com/x", 13, "under gov.vn"),
    "not NFC": (
        "plain: Đăng ký khai sinh",
        "plain: " + unicodedata.normalize("NFD", "Đăng ký"),
        5,
        "not in Unicode NFC",
    ),
    "office that is gone": ("results: [Giấy khai sinh]", "results: [nộp ở UBND huyện]", 27, "“UBND huyện” ended"),
    "legalese": ("note: ghi rõ", "note: nộp theo quy định của pháp luật", 18, "is legalese"),
    "strange short form": ("note: ghi rõ", "note: nộp ở TTPVHCC", 18, "the short form TTPVHCC is not explained"),
    "no pause": ("note: ghi rõ", f"note: {'rất dài ' * 14}", 18, "a sentence of 28 syllables, 28 without a pause"),
    "long sentence": (
        "note: ghi rõ",
        f'note: "{"một hai, " * 23}"',
        18,
        "a sentence of 46 syllables, 2 without a pause",
    ),
    "level that is gone": ("note: ghi rõ", "note: hỏi cấp huyện", 18, "“cấp huyện” ended"),
    "cheer in grief": ("note: ghi rõ", "note: Tin vui", 18, "beside a death"),
    "exclamation in grief": ("note: ghi rõ", "note: Xong!", 18, "say it plainly"),
    "alias twice": ("[làm giấy khai sinh]", "[làm giấy khai sinh, làm giấy khai sinh]", 6, "occurs twice"),
    "entry without keys": ("{unit: same_day}", "same_day", 23, "holds something that has no keys"),
    "empty list": ("[Giấy khai sinh]", "[]", 27, "results is empty"),
    "broken YAML": ("[Giấy khai sinh]", "[Giấy khai sinh", 28, "this is no YAML"),
}


@pytest.mark.parametrize(("right", "wrong", "line", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_at_its_line(tmp_path: Path, right: str, wrong: str, line: int, words: str) -> None:
    assert GOOD.count(right) >= 1
    with pytest.raises(CatalogError) as caught:
        Catalog.load(written(tmp_path, GOOD.replace(right, wrong, 1)))
    named = [str(mistake) for mistake in caught.value.mistakes]
    assert any(each.startswith(f"ho-tich.yaml:{line}: ") and words in each for each in named), named


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('"1.001193"', "1.001193").replace("commune", "comune").replace("8000", "-5")
    _, mistakes = read_folder(written(tmp_path, text))
    assert [mistake.line for mistake in mistakes] == [3, 7, 25]


def test_a_mistake_under_an_anchor_is_named_once(tmp_path: Path) -> None:
    text = GOOD.replace("times:\n", "times: &days\n").replace("amount: 3", "amount: ba")
    text = text.replace("    results:", "      - {way: post, times: *days}\n    results:")
    _, mistakes = read_folder(written(tmp_path, text))
    assert [mistake.line for mistake in mistakes] == [22]


def test_a_code_twice_names_both_places(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    (tmp_path / "x.yaml").write_text(GOOD, encoding="utf-8")
    _, mistakes = read_folder(tmp_path)
    assert [str(each) for each in mistakes] == ["x.yaml:3: the code 1.001193 occurs twice, see ho-tich.yaml:3"]


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe", "not UTF-8"), (b"", "no mapping"), (b"- a", "no mapping")]
)
def test_a_file_that_is_no_catalog(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    _, mistakes = read_folder(tmp_path)
    assert [words in str(each) for each in mistakes] == [True]


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no procedure was found"):
        Catalog.load(tmp_path)


def test_the_bundled_catalog_is_right_and_whole() -> None:
    catalog = Catalog.load()
    assert len(catalog) >= 40
    assert sum(len(procedures) for _, procedures in catalog.fields()) == len(catalog)
    assert [field for field, _ in catalog.fields()] == list(dict.fromkeys(each.field for each in catalog))
    for procedure in catalog:
        assert catalog.by_code(procedure.code) is procedure
        assert procedure.cases
    assert catalog.by_code("9.999999") is None


def test_a_catalog_cannot_be_changed() -> None:
    catalog = Catalog.load()
    with pytest.raises(AttributeError):
        catalog.extra = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        catalog.procedures[0] = catalog.procedures[1]  # type: ignore[index]


def carried_out(*words: str) -> int:
    parser = argparse.ArgumentParser()
    catalog_commands.add_parser(parser.add_subparsers())
    args = parser.parse_args(words)
    code: int = args.run(args)
    return code


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out("catalog", "list", "--json") == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert all(set(row) == {"code", "name", "field", "level", "checked"} for row in rows)
    assert {"1.001193"} <= {row["code"] for row in rows}


def test_show_prints_every_fact(capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out("catalog", "show", "1.001193") == 0
    out = capsys.readouterr().out
    assert "code: '1.001193'" in out and "documents:" in out and "legal_basis:" in out


def test_an_unknown_code_is_told_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out("catalog", "show", "1.00119", "--data-dir", str(tmp_path)) == 1
    out, err = capsys.readouterr()
    assert out == "" and "1.001193" in err


def test_check_prints_mistakes_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out("catalog", "check", str(written(tmp_path, GOOD))) == 0
    assert capsys.readouterr().out == ""
    written(tmp_path, GOOD.replace("commune", "comune"))
    assert carried_out("catalog", "check", str(tmp_path)) == 1
    assert capsys.readouterr().out == "ho-tich.yaml:7: level comune does not exist, did you mean commune\n"


def test_import_keeps_who_handles_it_and_never_fees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, data = tmp_path / "list.jsonl", tmp_path / "var"
    row = {"code": "1.000005", "name": "Thủ tục hải quan", "agency": "Chi cục Hải quan", "fees": ["120,000 VNĐ"]}
    source.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    assert carried_out("catalog", "import", str(source), "--data-dir", str(data)) == 0
    kept = json.loads((data / "national.jsonl").read_text(encoding="utf-8"))
    assert kept["agency"] == "Chi cục Hải quan" and "fees" not in kept
    capsys.readouterr()
    assert carried_out("catalog", "show", "1.000005", "--data-dir", str(data)) == 0
    assert "Chi cục Hải quan" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{"], "list.jsonl:1: this is no JSON"),
        (["[]"], "list.jsonl:1: this is no JSON object"),
        (['{"code": 1.1, "name": "a"}'], "list.jsonl:1: code 1.1 is no procedure's code"),
        (['{"code": "1.000005", "name": " "}'], "list.jsonl:1: 1.000005 has no name"),
        (['{"code": "1.000005", "name": "a"}'] * 2, "list.jsonl:2: the code 1.000005 occurs twice"),
        ([], "the file is empty"),
    ],
)
def test_a_wrong_list_is_refused_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: list[str], words: str
) -> None:
    source = tmp_path / "list.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    assert carried_out("catalog", "import", str(source), "--data-dir", str(tmp_path / "var")) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "var").exists()


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carried_out("catalog", "import", str(tmp_path / "none.jsonl")) == 2
    assert "none.jsonl" in capsys.readouterr().err

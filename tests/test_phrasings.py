"""Ways of asking: read strictly, mistakes named by file and line."""

from pathlib import Path

import pytest

from procedures.learning.phrasings import LONGEST, Phrasings
from procedures.reading import CatalogError

FAMILY = """\
- code: "1.001193"
  name: Thủ tục đăng ký khai sinh
  ways:
    - làm giấy khai sinh cho con
    - be moi sinh lam giay to gi
- code: "1.000656"
  name: Thủ tục đăng ký khai tử
  ways:
    - ba tôi mới mất
"""
OUTSIDE = """\
- kind: chat
  lines:
    - hôm nay trời đẹp
"""


def test_ways_names_and_lines_outside(tmp_path: Path) -> None:
    (tmp_path / "ho-tich.yaml").write_text(FAMILY, "utf-8")
    (tmp_path / "outside.yaml").write_text(OUTSIDE, "utf-8")
    found = Phrasings.load(tmp_path)
    assert found.ways["1.001193"] == ("làm giấy khai sinh cho con", "be moi sinh lam giay to gi")
    assert found.names["1.000656"] == "Thủ tục đăng ký khai tử"
    assert found.outside == {"chat": ("hôm nay trời đẹp",)}
    assert len(list(found.lines())) == 4


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ('code: "1.001193"', "code: 1.001193", "ho-tich.yaml:1: code 1.001193 is not quoted"),
        ('"1.000656"', '"khai-tu"', "ho-tich.yaml:6: khai-tu is no procedure's code"),
        ('"1.000656"', '"1.001193"', "ho-tich.yaml:6: 1.001193 occurs twice"),
        ("  ways:\n    - ba tôi mới mất\n", "  ways: []\n", "ho-tich.yaml:8: ways is empty"),
        ("  ways:\n    - ba tôi mới mất\n", "", "ho-tich.yaml:6: ways is missing"),
        ("ba tôi mới mất", "Lam giay khai sinh cho con", "ho-tich.yaml:9: “Lam giay khai sinh cho con” was written"),
        ("ba tôi mới mất", "“…”", "ho-tich.yaml:9: ““…”” holds no word"),
        ("ba tôi mới mất", "123456", "ho-tich.yaml:9: ways: 123456 is no text for YAML"),
        ("ba tôi mới mất", "ba " * 120, f"ho-tich.yaml:9: the line has 359 characters, at most {LONGEST} fit"),
        ("  name: Thủ tục đăng ký khai tử\n", "", "ho-tich.yaml:6: name is missing"),
        ("ways:\n    - ba", "way:\n    - ba", "ho-tich.yaml:8: unknown key way, did you mean ways"),
        ("- code", "code", "ho-tich.yaml:2: this is no YAML"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, right: str, wrong: str, named: str) -> None:
    path = tmp_path / "ho-tich.yaml"
    assert right in FAMILY
    path.write_text(FAMILY.replace(right, wrong, 1), "utf-8")
    with pytest.raises(CatalogError) as caught:
        Phrasings.load(tmp_path)
    assert named in str(caught.value)


def test_a_line_may_not_stand_inside_and_outside(tmp_path: Path) -> None:
    (tmp_path / "ho-tich.yaml").write_text(FAMILY, "utf-8")
    (tmp_path / "outside.yaml").write_text(OUTSIDE.replace("hôm nay trời đẹp", "Ba tôi mới mất"), "utf-8")
    with pytest.raises(CatalogError, match=r"outside.yaml:3: “Ba tôi mới mất” was written before, see ho-tich.yaml:9"):
        Phrasings.load(tmp_path)


def test_a_file_that_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("field: Hộ tịch\n", "utf-8")
    with pytest.raises(CatalogError, match=r"a.yaml:1: the file holds no list"):
        Phrasings.load(tmp_path)

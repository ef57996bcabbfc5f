"""What a commune's desk is asked for, how often, and how long it takes: the mix the mock one-stop system draws from.

Shares, days and rates are those of the fictional province; limits are the legal ones where the catalog has them.
"""

from __future__ import annotations

import math
import random

from msgspec import Struct

CIVIL = "Hộ tịch"
LAND = "Đất đai"
SOCIAL = "Bảo trợ xã hội"


class Work(Struct, frozen=True):
    """One part of a linked procedure, after the first all at once: whose it is ({unit}: the commune's name), in how
    many working days (0: the same day), and how many days of work it takes."""

    code: str
    name: str
    agency: str
    limit: int
    median: float
    ninetieth: float
    papers: tuple[str, ...] = ()


class Procedure(Struct, frozen=True):
    """One line of the mix. ``limit`` in working days, 0: the same day, after 15:00 the next.

    ``median`` and ``ninetieth`` are days of work; ``supplement`` and ``late`` are shares of dossiers; ``papers`` are
    what is found missing; ``branch``: the work is done by the land registration branch, not by the commune;
    ``pay``: the share that is asked for ``fees`` (amounts of this mock, not of a law); ``parts``: of a linked one.
    """

    code: str
    name: str
    field: str
    share: int
    limit: int
    median: float
    ninetieth: float
    supplement: float
    late: float
    papers: tuple[str, ...] = ("Giấy tờ chứng minh nơi cư trú",)
    branch: bool = False
    pay: float = 0
    fees: tuple[tuple[str, int], ...] = ()
    parts: tuple[Work, ...] = ()

    def draw_days(self, chance: random.Random) -> float:
        """Days of work, log-normal through the median and the ninetieth percentile."""
        return draw_days(self.median, self.ninetieth, chance)


def draw_days(median: float, ninetieth: float, chance: random.Random) -> float:
    """Days of work, log-normal through the median and the ninetieth percentile."""
    return chance.lognormvariate(math.log(median), math.log(ninetieth / median) / 1.2816)


LAND_FEES = (("Lệ phí đăng ký (số mẫu)", 100_000), ("Thuế thu nhập cá nhân (số mẫu)", 1_250_000))


BIRTH = Procedure("1.001193", "Thủ tục đăng ký khai sinh", CIVIL, 13, 0, 0.3, 1, 0.04, 0.01, ("Giấy chứng sinh",))
SINGLE = Procedure(
    "1.004873",
    "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
    CIVIL,
    9,
    3,
    1.2,
    5,
    0.09,
    0.04,
    ("Bản sao quyết định ly hôn đã có hiệu lực",),
)
SPLIT = Procedure(
    "1.012784",
    "Tách thửa hoặc hợp thửa đất",
    LAND,
    5,
    12,
    9,
    19,
    0.26,
    0.14,
    ("Bản vẽ tách thửa đất, hợp thửa đất theo Mẫu số 22",),
    True,
    0.3,
    LAND_FEES[:1],
)
HOUSEHOLD_BUSINESS = Procedure(
    "1.001612",
    "Đăng ký thành lập hộ kinh doanh",
    "Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)",
    6,
    3,
    2,
    4,
    0.15,
    0.03,
    (
        "Bản sao biên bản họp thành viên hộ gia đình về việc thành lập hộ kinh doanh",
        "Bản sao văn bản ủy quyền của các thành viên hộ gia đình cho người làm chủ hộ",
    ),
    pay=0.2,
    fees=(("Lệ phí đăng ký hộ kinh doanh (số mẫu)", 100_000),),
)

LINKED = Procedure(
    "2.000986",
    "Liên thông thủ tục hành chính về đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế "
    "cho trẻ em dưới 6 tuổi",
    CIVIL,
    7,
    20,
    6,
    14,
    0.08,
    0.05,
    parts=(
        Work("1.001193", "Đăng ký khai sinh", "{unit}", 0, 0.3, 1),
        Work("1.004222", "Đăng ký thường trú", "Công an {unit}", 15, 5, 11, ("Ý kiến đồng ý của chủ hộ",)),
        Work("", "Cấp thẻ bảo hiểm y tế", "Bảo hiểm xã hội cơ sở", 10, 3, 8),
    ),
)

MIX: tuple[Procedure, ...] = (
    BIRTH,
    Procedure("2.000635", "Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh", CIVIL, 12, 0, 0.2, 1, 0.02, 0.01),
    SINGLE,
    Procedure("1.000894", "Thủ tục đăng ký kết hôn", CIVIL, 5, 0, 0.4, 1, 0.05, 0.01),
    Procedure("1.000656", "Thủ tục đăng ký khai tử", CIVIL, 5, 0, 0.3, 1, 0.03, 0.01, ("Giấy báo tử",)),
    Procedure(
        "1.004859",
        "Thủ tục thay đổi, cải chính, bổ sung thông tin hộ tịch, xác định lại dân tộc",
        CIVIL,
        3,
        6,
        2,
        6,
        0.18,
        0.06,
        ("Giấy tờ làm căn cứ cải chính",),
    ),
    LINKED,
    Procedure(
        "1.012753",
        "Đăng ký đất đai, tài sản gắn liền với đất, cấp Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản "
        "gắn liền với đất lần đầu đối với tổ chức đang sử dụng đất",
        LAND,
        4,
        20,
        16,
        31,
        0.34,
        0.21,
        ("Sơ đồ hoặc bản trích lục bản đồ địa chính",),
        True,
        0.5,
        LAND_FEES,
    ),
    Procedure(
        "1.013831",
        "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất",
        LAND,
        9,
        18,
        9,
        19,
        0.26,
        0.14,
        ("Bản gốc Giấy chứng nhận đã cấp",),
        True,
        0.6,
        LAND_FEES,
    ),
    SPLIT,
    HOUSEHOLD_BUSINESS,
    Procedure(
        "1.013225",
        "Cấp giấy phép xây dựng mới đối với công trình cấp III, cấp IV",
        "Hoạt động xây dựng",
        3,
        20,
        12,
        22,
        0.22,
        0.09,
        ("Bản vẽ thiết kế xây dựng",),
    ),
    Procedure("1.014027", "Thực hiện, điều chỉnh, thôi hưởng trợ cấp hưu trí xã hội", SOCIAL, 5, 10, 7, 11, 0.1, 0.05),
    Procedure(
        "1.014028",
        "Hỗ trợ chi phí mai táng đối với đối tượng hưởng trợ cấp hưu trí xã hội",
        SOCIAL,
        2,
        3,
        2,
        4,
        0.08,
        0.04,
        ("Tờ khai đề nghị hỗ trợ chi phí mai táng",),
    ),
    Procedure(
        "1.001776", "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hàng tháng", SOCIAL, 7, 22, 8, 18, 0.17, 0.08
    ),
    Procedure("1.001622", "Hỗ trợ ăn trưa đối với trẻ em mẫu giáo", "Giáo dục và Đào tạo", 5, 24, 3, 8, 0.06, 0.03),
)

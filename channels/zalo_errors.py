"""What Zalo's error codes mean for us: one table by host and code. HTTP says 200 whatever happened.

The same number means different things on different hosts (-100 is an expired file at the Official Account's, an
unknown error at the templates'), so the host is part of the key. What is not in the table is permanent.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Host(Enum):
    """Which of Zalo's servers said it."""

    OA = "openapi.zalo.me"
    BUSINESS = "business.openapi.zalo.me"
    OAUTH = "oauth.zaloapp.com"


class Policy(Enum):
    """What is to be done."""

    TOKEN = "token"  # noqa: S105 (a name, no secret)
    """Renew the access token, try once more, then call a person."""
    RATE = "rate"
    """Wait for the next minute."""
    WINDOW = "window"
    """The citizen has not written for too long: a template, or wait until they write."""
    RECIPIENT = "recipient"
    """This citizen cannot be reached: never again."""
    PAYLOAD = "payload"
    """Our mistake, or an expired file: once more in the plainest form, then give it up."""
    CONFIGURATION = "configuration"
    """An administrator must act; nothing is sent meanwhile."""
    MONEY = "money"
    """Quota or balance is used up; nothing is sent meanwhile."""
    NIGHT = "night"
    """Not at this hour."""
    AGAIN = "again"
    """Their fault: once more, later."""
    PERMANENT = "permanent"
    """Nothing helps; noted."""


def _codes(table: Mapping[Policy, tuple[int, ...]]) -> Mapping[int, Policy]:
    return MappingProxyType({code: policy for policy, codes in table.items() for code in codes})


TABLE: Mapping[Host, Mapping[int, Policy]] = MappingProxyType(
    {
        Host.OA: _codes(
            {
                Policy.TOKEN: (-216, -220),
                Policy.RATE: (-32,),
                Policy.WINDOW: (-230, -231, -232),
                Policy.RECIPIENT: (-213, -217, -218, -227, -244),
                Policy.PAYLOAD: (-201, -210, -233, -100),
                Policy.MONEY: (-211, -224, -320, -321),
                Policy.CONFIGURATION: (-204, -205, -209, -212, -219, -221, -223, -235, -240, -242),
                Policy.NIGHT: (-234,),
                Policy.AGAIN: (-200,),
                Policy.PERMANENT: (-248, -249),
            }
        ),
        Host.BUSINESS: _codes(
            {
                Policy.TOKEN: (-124,),
                Policy.RATE: (-32,),
                Policy.RECIPIENT: (-108, -110, -114, -118, -119, -139, -140, -141),
                Policy.PAYLOAD: (-1121, -1122, -1124),
                Policy.CONFIGURATION: (
                    *(-109, -117, -120, -126, -127, -131, -135, -1351, -136, -137, -138, -145, -146),
                    *(-148, -149, -150),
                ),
                Policy.MONEY: (-115, -144, -147, -1441, -1471, -1472),
                Policy.NIGHT: (-133,),
                Policy.AGAIN: (-100,),
            }
        ),
        Host.OAUTH: _codes({Policy.CONFIGURATION: (-14002, -14003, -14014)}),
    }
)


def policy(host: Host, code: int) -> Policy:
    """What is to be done about an error; PERMANENT where nobody knows the code."""
    return TABLE[host].get(code, Policy.PERMANENT)

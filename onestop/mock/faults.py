"""What can be made to go wrong with the mock one-stop system."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """With every look-up; the last two also with every push."""

    SLOW = "slow"
    BLACK_HOLE = "blackhole"
    UNAVAILABLE = "503"
    GARBAGE = "garbage"
    DOUBLE = "double"
    ERROR = "error"
    EXPIRED = "expired"
    DUPLICATES = "duplicates"
    DISORDER = "disorder"

"""A dossier (hồ sơ) as the one-stop system tells it: rows of strings in, values out.

The rows are those of the national adapter: ``DongBoHoSoMC`` (a whole dossier; ``TraCuuHoSo`` answers with the same)
and ``CapNhatTienDoHoSoMC`` (one step). Every value may be missing, empty, a number or nonsense; dates are
``yyyyMMddHHmmss`` in Vietnam's time. A row without a readable code or status number is a ``BadRow``; all else that
cannot be read is absent. Names of persons are never taken over, of the phone only its last four digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from onestop.calendar import VIETNAM, Calendar, vietnam_date
from onestop.code import DossierCode

type Row = Mapping[str, object]

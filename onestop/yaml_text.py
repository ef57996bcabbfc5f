"""YAML of this floor's files, read by libyaml where it is there: the files are read at every start."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def safe_load(text: str) -> Any:
    """What a YAML text holds, plain values only. Raises yaml.YAMLError."""
    return yaml.load(text, _LOADER)  # noqa: S506 (both loaders are safe ones)

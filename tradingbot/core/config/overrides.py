# file: core/config/overrides.py
"""Change single fields of a config: `--set key.path=value`, and one section laid over another."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tradingbot.core.errors import ConfigError

__all__ = ["assign", "overlaid"]


def assign(config: dict[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """Return a copy of `config` with each `key.path=value` set; numbers in a path pick from a list.

    A value is JSON where it reads as JSON (`20`, `true`, `[1, 2]`), else text.

    Raises
    ------
    ConfigError
        When a setting has no `=`, or its path leads through something that has no such part.
    """
    found = copy.deepcopy(config)
    for setting in settings:
        path, mark, text = setting.partition("=")
        if not mark or not path:
            raise ConfigError(f"--set was {setting!r}, allowed is key=value, such as venue.latency_ms=500")
        keys = path.split(".")
        place: Any = found
        for key in keys[:-1]:
            place = _step(place, key, setting)
        last = keys[-1]
        if isinstance(place, list):
            _step(place, last, setting)
            place[int(last)] = _value(text)
        elif isinstance(place, dict):
            place[last] = _value(text)
        else:
            raise ConfigError(f"--set {setting}: {keys[-2]} is a value, it has no {last}")
    return found


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` with the fields of `above` over it, section by section."""
    found = dict(below)
    for key, value in above.items():
        under = found.get(key)
        found[key] = overlaid(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return found


def _step(place: Any, key: str, setting: str) -> Any:
    if isinstance(place, dict):
        return place.setdefault(key, {})
    if isinstance(place, list) and key.isdecimal() and int(key) < len(place):
        return place[int(key)]
    raise ConfigError(f"--set {setting}: there is no {key}")


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=lambda word: word)
    except json.JSONDecodeError:
        return text

# file: core/market/instruments/syncing.py
"""Write a venue's terms into the home's `config/instruments/`, in the form the shipped files have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tradingbot.core.config.home import config_files, home
from tradingbot.core.config.instruments import InstrumentFile, Terms
from tradingbot.core.config.load import build, read_json
from tradingbot.core.market.instruments.venueterms import TermDifference
from tradingbot.core.storage.atomicfile import write_atomic


def write_terms(differences: Iterable[TermDifference], source: str) -> list[Path]:
    """Write the venue's number of every difference into its instrument's row; return the files that were written.

    A file that is only shipped is copied into the home first. `source` says where the numbers come from.

    Raises ConfigError when a row would not be valid with them, RunFailed when a file cannot be written; files before it
    are written then, each as a whole.
    """
    changes: dict[str, list[TermDifference]] = {}
    for difference in differences:
        changes.setdefault(difference.instrument, []).append(difference)
    written = []
    for path in config_files("instruments"):
        raw = read_json(path)
        rows = raw.get("instruments", {})
        if raw.get("product") == "option" or not (mine := [name for name in rows if name in changes]):
            continue
        for name in mine:
            fields = {change.field: _text(change) for change in changes[name]}
            rows[name] = rows[name] | fields | {"source": f"{', '.join(fields)}: {source}. The rest: {raw['source']}"}
            values = {"product": raw["product"]} | raw.get("defaults", {}) | rows[name]
            build(Terms, values, f"{path}: {name}")
        build(InstrumentFile, raw, str(path))
        written.append(write_atomic(home() / "config" / "instruments" / path.name, house_form(raw)))
    return written


def house_form(file: Mapping[str, Any]) -> str:
    """Return an instrument file as JSON with a line for each instrument."""
    whole = dict(file)
    rows = whole.pop("instruments")
    head = json.dumps(whole, indent=2, ensure_ascii=False, default=str).removesuffix("\n}")
    lines = ",\n".join(f"    {_json(name)}: {_json(row)}" for name, row in rows.items())
    return f'{head},\n  "instruments": {{\n{lines}\n  }}\n}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _text(change: TermDifference) -> str | int:
    return int(change.venue) if change.field == "funding_minutes" else f"{change.venue.normalize():f}"

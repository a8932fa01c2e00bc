# file: core/report/training/sections/provenance.py
"""What is needed to train it again and to see that it is the same."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tradingbot.core.portfolio.isotime import SECOND
from tradingbot.core.report.markup import Html, card, tag
from tradingbot.core.report.phrase import duration, number, when
from tradingbot.core.report.training.record import TrainingOrigin, TrainingRecord

__all__ = ["provenance"]


def provenance(record: TrainingRecord) -> Html:
    """Return the command, what it ran on, every hash, and the recipe."""
    origin = record.origin
    recipe = json.dumps(origin.recipe, indent=1, sort_keys=True, ensure_ascii=False, default=str)
    return card(
        "Run it again",
        tag("pre", tag("code", origin.command)),
        _list(_facts(origin)),
        tag("h3", "Hashes"),
        _list((name, tag("code", text)) for name, text in _hashes(record) if text),
        tag("details", tag("summary", "Recipe"), tag("pre", tag("code", recipe))),
        note="Same seed, same data, same program, same model.",
        anchor="repeat",
    )


def _list(pairs: Iterable[tuple[str, str]]) -> Html:
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs if text), class_="facts")


def _facts(origin: TrainingOrigin) -> list[tuple[str, str]]:
    return [
        ("Config", tag("code", origin.config)),
        ("Seed", str(origin.seed)),
        ("Period", f"{when(origin.start)} to {when(origin.end)} UTC"),
        ("Instruments", ", ".join(origin.instruments)),
        ("Lane", f"{origin.lane}, {origin.bar} bars{', synthetic market' if origin.synthetic else ''}"),
        ("Learned from", f"{number(origin.bars, 0)} bars, {number(origin.rows, 0)} rows of {origin.features} features"),
        ("Feature store", _stored(origin)),
        ("Cost", f"{number(origin.cost * 1e4, 2)} bp a round trip"),
        ("Versions", ", ".join(f"{name} {version}" for name, version in sorted(origin.versions.items()))),
        ("Took", duration(origin.seconds * SECOND) if origin.seconds else ""),
    ]


def _stored(origin: TrainingOrigin) -> str:
    if origin.store_version is None:
        return "not read from the store"
    return f"version {origin.store_version}, {number(origin.store_rows, 0)} rows"


def _hashes(record: TrainingRecord) -> list[tuple[str, str]]:
    origin = record.origin
    return [
        ("report", record.sha256),
        ("model", origin.model_sha256),
        ("feature code", origin.feature_code_sha256),
        ("features", origin.store_sha256),
    ]

# file: core/runtime/provenance.py
"""Provenance: versions and hashes of the code, config, strategy, parameters and data a result came from."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel

import tradingbot
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.result import RunProvenance
from tradingbot.core.runtime.strategyloader import load_strategy, sources_of


def versions(*more: str) -> dict[str, str]:
    """Return the versions a result depends on, and those of `more` distributions."""
    names = ("tradingbot", "nautilus_trader", "numpy", "pyarrow", *more)
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in names}


def code_sha256(strategies: Iterable[bytes]) -> str:
    """Return the hash of the program's sources and of the strategies' (their files' bytes), in stable order."""
    digest = hashlib.sha256()
    root = Path(tradingbot.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for source in strategies:
        digest.update(b"\0" + source)
    return digest.hexdigest()


def config_sha256(*parts: BaseModel | Mapping[str, object]) -> str:
    """Return the hash of resolved configuration, independent of spacing and key order in the files."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else dict(part) for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def run_hashes(planned: Plan, market: Market, known: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return the SHA-256 (hex) of each part; `data` and `program` are not computed where they are `known`.

    `strategy` the sources of the strategies, `params` their parameters with defaults filled in, `data` the series of
    the catalog, `config` everything else that is configured and the instruments' terms, `program` our own sources.
    """
    config, known = planned.config, known or {}
    loaded = [load_strategy(spec) for spec in config.strategies]
    sources = [hashlib.sha256(source).digest() for cls, _ in loaded for source in sources_of(cls)]
    # A name and a catalog say where something lies or is written, not what is run.
    rest = config.model_dump(mode="json", exclude={"name", "catalog", "strategies"})
    extra = [planned.rates] if planned.rates else []
    params = {
        str(number): {"path": spec.path, "params": made.model_dump(mode="json")}
        for number, (spec, (_, made)) in enumerate(zip(config.strategies, loaded, strict=True))
    }
    return {
        "strategy": hashlib.sha256(b"".join(sources)).hexdigest(),
        "params": config_sha256(params),
        "data": known.get("data") or data_sha256(market),
        "config": config_sha256(rest, planned.venue, planned.risk, market.terms, *extra),
        "program": known.get("program") or code_sha256([]),
    }


def data_sha256(market: Market) -> str:
    """Return the SHA-256 (hex) of the catalog's series of what a market trades."""
    return market.catalog.fingerprint([str(instrument.id) for instrument in market.instruments])


def settings_sha256(planned: Plan, market: Market) -> str:
    """Return the hash of everything that is configured: the plan's config with what it refers to, and the terms."""
    rates = [planned.rates] if planned.rates else []
    return config_sha256(planned.config, planned.venue, planned.risk, market.terms, *rates)


def run_provenance(
    planned: Plan, market: Market, *, code_sha256: str, data_sha256: str, note: str, bars: int, seconds: float
) -> RunProvenance:
    """Return the facts of a run of `bars` bars that took `seconds`; `note` says how its orders were executed."""
    return RunProvenance(
        versions=versions(),
        config_sha256=settings_sha256(planned, market),
        code_sha256=code_sha256,
        data_sha256=data_sha256,
        seed=planned.config.seed,
        command=planned.command,
        realism_note=note,
        bars=bars,
        seconds=seconds,
    )


def data_label(synthetic: bool) -> str:
    """Return what the data is called in a report."""
    return "synthetic market, planted edges, evidence of nothing" if synthetic else "market data of the catalog"

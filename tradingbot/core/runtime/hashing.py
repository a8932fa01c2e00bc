# file: core/runtime/hashing.py
"""What a run is made of, as one hash per part: what a certificate binds and the trial ledger keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tradingbot.core.runtime.loading import load_strategy, sources_of
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.plan import Plan
from tradingbot.core.runtime.provenance import code_sha256, config_sha256

__all__ = ["data_sha256", "hashes_of"]

# What says where something lies or is written, not what is run.
_NAMES = ("name", "catalog")


def hashes_of(planned: Plan, market: Market) -> Mapping[str, str]:
    """Return the SHA-256 (hex) of each part.

    `strategy` the sources of the strategies, `params` their parameters with defaults filled in, `data` the series of
    the catalog, `config` everything else that is configured and the instruments' terms, `program` our own sources.
    """
    config = planned.config
    loaded = [load_strategy(spec) for spec in config.strategies]
    strategy = hashlib.sha256()
    for cls, _ in loaded:
        for source in sources_of(cls):
            strategy.update(hashlib.sha256(source).digest())
    rest = {key: value for key, value in config.model_dump(mode="json").items() if key not in (*_NAMES, "strategies")}
    extra = [planned.rates] if planned.rates else []
    params = {
        str(number): {"path": spec.path, "params": made.model_dump(mode="json")}
        for number, (spec, (_, made)) in enumerate(zip(config.strategies, loaded, strict=True))
    }
    return {
        "strategy": strategy.hexdigest(),
        "params": config_sha256(params),
        "data": data_sha256(market),
        "config": config_sha256(rest, planned.venue, planned.risk, market.terms, *extra),
        "program": code_sha256([]),
    }


def data_sha256(market: Market) -> str:
    """Return the SHA-256 (hex) of the catalog's series of what a market trades."""
    return market.catalog.fingerprint([str(instrument.id) for instrument in market.instruments])

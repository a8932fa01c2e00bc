# file: tests/reports/calibration/samples.py
"""A calibration record of a test's own making."""

from __future__ import annotations

from typing import Any

from tradingbot.core.validation.calibration.record import (
    CalibrationRecord,
    Claim,
    EngineCell,
    NullCell,
    PowerCell,
    Rates,
    Sabotage,
    Share,
)

__all__ = ["record"]


def record(**fields: Any) -> CalibrationRecord:
    share = Share(hits=5, n=100, low=0.0164, high=0.1128)
    rates = Rates(**dict.fromkeys(Rates.model_fields, share))
    null = NullCell(
        name="iid-2y", kind="iid", years=2, trials=100, searches=100, rates=rates, sharpe=1.8, trades=800,
        effective_trades=790.5,
    )  # fmt: skip
    power = [
        PowerCell(name="iid-2y", kind="iid", years=2, planted=edge, trials=100, searches=100, rates=rates, sharpe=edge)
        for edge in (1.0, 2.0)
    ]
    engine = EngineCell(
        name="walk", title="trend following on random walks", edge=False, strategy="s:S", settings=24, searches=100,
        runs=2400, rates=rates, sharpe=None, profit_factor=1.1, trades=300, fees=10.0,
    )  # fmt: skip
    sabotage = Sabotage(name="no fees", what="fees <zero>", caught=True, check="candidate", message="was 0 & refused")
    claim = Claim(text="noise is refused", value=0.05, limit=0.085, where="iid-2y", holds=True)
    known: dict[str, Any] = {
        "seed": 7, "budget": "full", "trials": 100, "resamples": 1000, "level": 0.05, "claims": (claim,),
        "null": (null,), "power": tuple(power), "engine": (engine,), "sabotage": (sabotage,),
        "command": "tradingbot calibrate", "program": "0" * 64, "versions": {"python": "3.13"},
    }  # fmt: skip
    return CalibrationRecord(**(known | fields))

# file: core/report/result.py
"""Hold everything one backtest found out, and write it as JSON that two equal runs share byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tradingbot.core.errors import RunFailed
from tradingbot.core.market.coverage import Coverage
from tradingbot.core.messages.answers import Cut, Refused
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.happening import Happening
from tradingbot.core.portfolio.isotime import to_iso
from tradingbot.core.portfolio.metrics import Summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.report.intents import IntentCounts
from tradingbot.core.report.period import coverage_dict

__all__ = ["Caveat", "Result", "Run", "costs"]


@dataclass(frozen=True, slots=True)
class Caveat:
    """A reason to trust a result less, in a sentence a person understands."""

    code: str
    sentence: str

    def to_dict(self) -> dict[str, object]:
        """Return the caveat as JSON holds it."""
        return {"code": self.code, "sentence": self.sentence}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is needed to repeat a run and to know that it is the same. Only `seconds` may differ between equal runs."""

    versions: Mapping[str, str]
    config_sha256: str
    code_sha256: str
    data_sha256: str
    seed: int
    command: str
    realism_note: str
    bars: int
    seconds: float

    def to_dict(self) -> dict[str, object]:
        """Return the facts that equal runs share."""
        return {
            "versions": dict(self.versions),
            "config_sha256": self.config_sha256,
            "code_sha256": self.code_sha256,
            "data_sha256": self.data_sha256,
            "seed": self.seed,
            "command": self.command,
            "realism_note": self.realism_note,
            "bars": self.bars,
        }

    def timing(self) -> dict[str, object]:
        """Return how long it took: wall seconds, and bars of all instruments a second (None when none was measured)."""
        speed = round(self.bars / self.seconds, 1) if self.seconds > 0 else None
        return {"seconds": round(self.seconds, 3), "bars_per_second": speed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished backtest.

    `trades` are closed round trips in order of exit, `open` those still open at `end`. `equity` ascends: the start,
    every 00:00 UTC, every trade's close, the end. `refused` holds the refusals of intents and those that came after an
    approval, `cut` the sizes that a cap made smaller. `transfers` are (UTC ns, signed amount) of the owner's money,
    `events` kills, resumes, withdrawals and data gaps. `start` and `end` are UTC nanoseconds. `strategies` are the
    config's entries, `path` and `params`. `data_label` says in a few words what the prices are; `synthetic` that no
    market made them; `coverage` which period was asked for, and what the data lacks of it.

    Raises
    ------
    RunFailed
        When a trade is under `trades` without an exit, or under `open` with one.
    """

    name: str
    lane: str
    realism: str
    currency: str
    instruments: Sequence[str]
    bar: str
    start: int
    end: int
    strategies: Sequence[Mapping[str, object]]
    synthetic: bool
    data_label: str
    summary: Summary
    trades: Sequence[Trade]
    open: Sequence[Trade]
    equity: Sequence[EquityPoint]
    transfers: Sequence[tuple[int, Decimal]] = ()
    intents: IntentCounts
    refused: Sequence[Refused]
    cut: Sequence[Cut]
    events: Sequence[Happening]
    run: Run
    coverage: Coverage = field(default_factory=Coverage)
    warnings: Sequence[Caveat] = ()

    def __post_init__(self) -> None:
        for trade, closed in [(trade, True) for trade in self.trades] + [(trade, False) for trade in self.open]:
            if trade.closed is not closed:
                place = "trades, which are closed" if closed else "open"
                raise RunFailed(
                    f"exit of trade {trade.id} ({trade.instrument}) was {trade.exit_time} among the {place}"
                )

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON holds it. `run.result_sha256` is of all but itself and the run's timing."""
        found = self._facts()
        run = self.run.to_dict()
        digest = hashlib.sha256(_canonical(found | {"run": run}).encode()).hexdigest()
        return found | {"run": run | self.run.timing() | {"result_sha256": digest}}

    def to_json(self) -> str:
        """Return the file: ASCII, sorted keys, one space of indent, a newline at the end, no NaN."""
        return json.dumps(self.to_dict(), indent=1, sort_keys=True, allow_nan=False) + "\n"

    def _facts(self) -> dict[str, object]:
        return {
            "name": self.name,
            "lane": str(self.lane),
            "realism": str(self.realism),
            "currency": self.currency,
            "instruments": list(self.instruments),
            "bar": self.bar,
            "start": to_iso(self.start),
            "end": to_iso(self.end),
            "coverage": coverage_dict(self.coverage),
            "strategies": [dict(entry) for entry in self.strategies],
            "data": {"synthetic": self.synthetic, "label": self.data_label},
            "summary": self.summary.to_dict(),
            "trades": [trade.to_dict() for trade in self.trades],
            "open": [trade.to_dict() for trade in self.open],
            "equity": [point.to_dict() for point in self.equity],
            "transfers": [{"time": to_iso(ts), "amount": float(amount)} for ts, amount in self.transfers],
            "intents": self.intents.to_dict(),
            "refused": [_stopped(item) for item in self.refused],
            "refusals_by_rule": dict(sorted(Counter(item.rule for item in self.refused).items())),
            "cut": [
                _stopped(item) | {"wanted": float(item.wanted), "allowed": float(item.allowed)} for item in self.cut
            ],
            "events": [item.to_dict() for item in self.events],
            "warnings": [caveat.to_dict() for caveat in self.warnings],
            "costs": costs([*self.trades, *self.open]),
        }


def costs(trades: Sequence[Trade]) -> dict[str, float]:
    """Return where the profit of `trades`, open ones among them, went, in account currency.

    before_costs - slippage - fees + funding = net, where before_costs is the price profit at mid prices.
    """
    gross, slippage, fees, funding, net = (
        sum((getattr(trade, name) for trade in trades), Decimal())
        for name in ("gross", "slippage", "fees", "funding", "pnl")
    )
    return {
        "before_costs": float(gross + slippage),
        "slippage": float(slippage),
        "gross": float(gross),
        "fees": float(fees),
        "funding": float(funding),
        "net": float(net),
    }


def _stopped(item: Refused | Cut) -> dict[str, object]:
    return {
        "time": to_iso(item.ts),
        "instrument": item.instrument,
        "strategy": item.strategy,
        "rule": item.rule,
        "was": item.was,
        "limit": item.limit,
        "sentence": item.sentence,
    }


def _canonical(found: Mapping[str, object]) -> str:
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

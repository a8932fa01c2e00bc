# file: core/runtime/result.py
"""Backtest result: one run as JSON that two equal runs share byte for byte, and the facts its warnings need."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.market.calendars.coverage import Coverage, DataGap
from tradingbot.core.messages.approval import Cut, Refused
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.metrics import Summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.decisions import IntentCounts
from tradingbot.core.runtime.period import coverage_dict
from tradingbot.core.time import to_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingFacts:
    """Settlements of one perpetual over a run.

    `due` by the schedule, `missing` of them in the data, the `first` and `last` of those (UTC ns), `held` and
    `held_missing` the same while a position was open. `unmarked` were priced at the last price though the data has
    marks of other times. `zero` of those in the data have a rate of zero that no venue charged, `held_zero` of them
    while a position was open. `median_rate` is the median size of a rate in eight hours.
    """

    due: int
    missing: int
    first: int
    last: int
    held: int
    held_missing: int
    unmarked: int
    zero: int
    held_zero: int
    median_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningFacts:
    """Statistics of bars and orders of one run; what is left out warns about nothing.

    `bar_ns` is the length of a bar. The mappings are by instrument, in price units: the smallest price step, the median
    of high - low of its bars, the median distance of stops and of targets from the entry. `fills` and
    `fills_outside_session` count executions. `holes` are where bars are missing within the run, `ends` is when the data
    of a run that was stopped before ends (UTC ns). `funding` is by perpetual.
    """

    bar_ns: int
    tick: Mapping[str, float] = field(default_factory=dict)
    bar_range: Mapping[str, float] = field(default_factory=dict)
    stop_distance: Mapping[str, float] = field(default_factory=dict)
    target_distance: Mapping[str, float] = field(default_factory=dict)
    fills: int = 0
    fills_outside_session: int = 0
    holes: Sequence[DataGap] = ()
    ends: int | None = None
    funding: Mapping[str, FundingFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResultWarning:
    """A reason to trust a result less, in a sentence a person understands."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProvenance:
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
        return {name: value for name, value in asdict(self).items() if name != "seconds"}

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

    Raises RunFailed when a trade is under `trades` without an exit, or under `open` with one.
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
    events: Sequence[LaneEvent]
    run: RunProvenance
    coverage: Coverage = field(default_factory=Coverage)
    warnings: Sequence[ResultWarning] = ()

    def __post_init__(self) -> None:
        for trade, closed in [(trade, True) for trade in self.trades] + [(trade, False) for trade in self.open]:
            if trade.closed is not closed:
                place = "trades, which are closed" if closed else "open"
                raise RunFailed(
                    f"exit of trade {trade.id} ({trade.instrument}) was {trade.exit_time} among the {place}"
                )

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON holds it. `run.result_sha256` is of all but itself and the run's timing."""
        facts = self._facts()
        run = self.run.to_dict()
        canonical = json.dumps(
            facts | {"run": run}, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        return facts | {"run": run | self.run.timing() | {"result_sha256": digest}}

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
            "warnings": [asdict(warning) for warning in self.warnings],
            "costs": cost_attribution([*self.trades, *self.open]),
        }


def cost_attribution(trades: Sequence[Trade]) -> dict[str, float]:
    """Return where the profit of `trades`, open ones among them, went, in account currency.

    before_costs - slippage - fees + funding = net, where before_costs is the price profit at mid prices.
    """
    gross, slippage, fees, funding, net = (
        sum((getattr(trade, name) for trade in trades), Decimal())
        for name in ("gross", "slippage", "fees", "funding", "pnl")
    )
    amounts = {"before_costs": gross + slippage, "slippage": slippage, "gross": gross, "fees": fees}
    return {name: float(amount) for name, amount in (amounts | {"funding": funding, "net": net}).items()}


def _stopped(item: Refused | Cut) -> dict[str, object]:
    names = ("instrument", "strategy", "rule", "was", "limit", "sentence")
    return {"time": to_iso(item.ts)} | {name: getattr(item, name) for name in names}

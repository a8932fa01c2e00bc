# file: tests/golden/marketscripts.py
"""Random markets of every lane, and random scripts to trade them by, as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.golden.catalogfixture import HOUR, MONDAY, OPEN, Stage, clear_of_session
from tests.golden.roughmarket import apart, between, holes, put, rough
from tradingbot.core.market.calendars.sessions import FOREX, USEQUITY
from tradingbot.core.market.columns import Bars, PriceSide, Quotes
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step

__all__ = ["LANES", "Play"]

_CROSSES = (
    ("EUR/USD.IDEALPRO",),
    ("USD/JPY.IDEALPRO",),
    ("EUR/JPY.IDEALPRO", "USD/JPY.IDEALPRO"),
    ("EUR/USD.IDEALPRO", "USD/JPY.IDEALPRO"),
)


@dataclass(frozen=True, slots=True)
class Play:
    """A script, the fields of its config, and what its market is made of: bid and ask bars, funding, quotes of puts.

    `middle` are the bars strategies see; `settlements` are (time, rate) by instrument.
    """

    fields: dict[str, Any]
    cues: list[dict[str, Any]]
    step: Step
    middle: dict[str, Bars] = field(repr=False)
    sides: dict[str, tuple[Bars, Bars]] = field(repr=False)
    settlements: dict[str, list[tuple[int, float]]] = field(repr=False)
    puts: dict[int, Quotes] = field(repr=False)
    expiry: int

    def build(self, stage: Stage) -> None:
        """Write the market."""
        for name, bars in self.middle.items():
            if name in self.sides:
                for side, rows in zip((PriceSide.BID, PriceSide.ASK), self.sides[name], strict=True):
                    stage.bars(name, self.step, rows, side)
            else:
                stage.bars(name, self.step, bars, PriceSide.MID if self.fields["lane"] == "forex" else PriceSide.LAST)
            if found := self.settlements.get(name):
                stage.marks(name, bars.ts, bars.close)
                stage.funding(name, np.array([ts for ts, _ in found]), np.array([rate for _, rate in found]))
        if self.puts:
            stage.puts("SPY=STK.SMART", self.expiry, self.puts)


def _cues(count: int, rows: int, doing: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    cue = st.fixed_dictionaries(
        {
            "bar": st.integers(1, rows),
            "do": st.sampled_from(doing),
            "of": st.integers(0, count - 1),
            "stop": st.sampled_from([0.001, 0.005, 0.02, 0.1]),
            "target": st.sampled_from([None, None, 0.001, 0.01, 0.05]),
        }
    )
    return st.lists(cue, min_size=3, max_size=24)


def _venue(draw: st.DrawFn, **more: st.SearchStrategy[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "latency_ms": draw(st.integers(1, 3_000)),
        "spread": {"ticks": draw(st.integers(0, 4)), "bps": draw(st.sampled_from([0, 1, 10]))},
        "unfilled_retries": draw(st.integers(0, 3)),
        "limit_fill_probability": draw(st.sampled_from([0, 0.5, 1])),
    }
    return found | {name: draw(values) for name, values in more.items()}


def _fields(draw: st.DrawFn, lane: str, names: list[str], step: Step, currency: str) -> dict[str, Any]:
    return {
        "lane": lane,
        "instruments": names,
        "bar": str(step),
        "equity": f"10000 {currency}",
        "realism": draw(st.sampled_from(["fast", "exact"])),
        "seed": draw(st.integers(0, 9)),
        "risk": {
            "risk_fraction": draw(st.sampled_from([0.0025, 0.02])),
            **OPEN,
            "max_position_leverage": draw(st.sampled_from([0.5, 5, 50])),
        },
    }


_THIN = st.fixed_dictionaries(
    {"participation": st.sampled_from([0.001, 0.05, 1]), "impact": st.sampled_from([0, 0.5, 2])}
)
_RATE = st.fixed_dictionaries({"kind": st.just("rate"), "multiplier": st.sampled_from([0, 1, 3])})


def _crypto(kind: str, lane: str) -> Callable[..., st.SearchStrategy[Play]]:
    @st.composite
    def play(draw: st.DrawFn) -> Play:
        rng, step, rows = np.random.default_rng(draw(st.integers(0, 2**32))), Step.parse("15m"), 100
        names = [f"BTCUSDT-{kind}.BYBIT", f"ETHUSDT-{kind}.BYBIT"][: draw(st.integers(1, 2))]
        vol = draw(st.sampled_from([0.001, 0.004, 0.01]))
        late, early = [0, draw(st.integers(0, 30))], [0, draw(st.sampled_from([0, 0, 5, 40]))]
        middle = {
            name: holes(rng, rough(rng, name, rows - early[number], step, vol), late[number])
            for number, name in enumerate(names)
        }
        due = [MONDAY + 8 * HOUR * number for number in range(1, 4)] if kind == "LINEAR" else []
        settlements = {
            name: [(ts, float(round(rng.normal(0, 0.001), 6))) for ts in due if ts <= bars.ts[-1]]
            for name, bars in middle.items()
        }
        fields = _fields(draw, lane, names, step, "USDT")
        fields["venue"] = _venue(
            draw, depth=_THIN, fees=_RATE, leverage=st.sampled_from([1, 5, 50]), short=st.just(True)
        )
        cues = draw(_cues(len(names), rows, ("long", "short", "leave", "tighten")))
        return Play(fields, cues, step, middle, {}, settlements, {}, 0)

    return play


@st.composite
def _forex(draw: st.DrawFn) -> Play:
    rng, step, rows = np.random.default_rng(draw(st.integers(0, 2**32))), Step.parse("1h"), 24 * 9
    names, sided = list(draw(st.sampled_from(_CROSSES))), draw(st.booleans())
    middle, sides = {}, {}
    for name in names:
        bars = rough(rng, name, rows, step, draw(st.sampled_from([0.0005, 0.003])))
        bars = holes(rng, bars.take(FOREX.is_open(bars.ts, step.ns)), 0)
        if sided:
            sides[name] = apart(rng, bars, float(load_listing(name).instrument.price_increment))
        middle[name] = between(*sides[name]) if sided else bars
    fields = _fields(draw, "forex", names, step, "USD")
    depth = st.fixed_dictionaries({"size": st.sampled_from([3_000, 5_000_000]), "impact": st.sampled_from([0, 0.1, 2])})
    fees = st.fixed_dictionaries({"multiplier": st.sampled_from([0, 1, 3])})
    fields["venue"] = _venue(draw, depth=depth, fees=fees, leverage=st.sampled_from([5, 30]))
    cues = draw(_cues(len(names), rows * 5 // 7, ("long", "short", "leave", "tighten")))
    return Play(fields, cues, step, middle, sides, {}, {}, 0)


@st.composite
def _options(draw: st.DrawFn) -> Play:
    rng, step = np.random.default_rng(draw(st.integers(0, 2**32))), Step.parse("15m")
    bars = rough(rng, "SPY=STK.SMART", 8 * 24 * 4, step, draw(st.sampled_from([0.0005, 0.002])))
    bars = bars.take(clear_of_session(bars.ts, step))
    expiry = USEQUITY.last_close(MONDAY // (24 * HOUR) + 4)
    rows = np.flatnonzero((bars.ts % (HOUR // 2) == 0) & (bars.ts < expiry))
    puts = {strike: put(rng, strike, bars.ts[rows], bars.close[rows], expiry) for strike in range(570, 630, 10)}
    fields = _fields(draw, "options", ["SPY=STK.SMART"], step, "USD") | {"equity": "100000 USD"}
    fields["risk"]["risk_fraction"] = 0.02
    fields["venue"] = _venue(draw)
    cues = draw(_cues(1, len(bars), ("spread", "spread", "spread", "long", "leave")))
    for cue in cues:
        cue["stop"] = 0.02 if cue["do"] == "long" else cue["stop"]
    return Play(fields, cues, step, {"SPY=STK.SMART": bars}, {}, {}, puts, expiry)


LANES: dict[str, st.SearchStrategy[Play]] = {
    "cryptospot": _crypto("SPOT", "cryptospot")(),
    "cryptofutures": _crypto("LINEAR", "cryptofutures")(),
    "forex": _forex(),
    "options": _options(),
}

# file: tests/strategies/testfollow.py
from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from strategies.follow import Follow, FollowParams
from tests.learning.modelfixture import BTC, FOLLOW, HOUR, MONDAY, Studio, heeding, recipe
from tradingbot.core.arrays import Ints
from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError, StrategyFailed
from tradingbot.core.market.columns import Bars
from tradingbot.core.messages.intent import Intent, Side, Strength
from tradingbot.core.messages.signal import Signal
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.learning.labels.triplebarrier import triple_barrier
from tradingbot.learning.modelactor import ModelActor
from tradingbot.learning.models.artefact import Artefact

HORIZON, AWAY = 6, 0.01
FREE: dict[str, Any] = {
    "venue": {"spread": {"ticks": 0, "bps": 0}, "depth": {"participation": 1, "impact": 0}, "limit_fill_probability": 1}
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    studio = Studio(tmp_path_factory.mktemp("follow"))
    studio.walk()
    return studio


@pytest.fixture(scope="module")
def model(studio: Studio) -> Artefact:
    return heeding(studio.taught(recipe()))


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[Side | None, Strength | None]]:
    """Let the model say these sides and strengths by the number of the bar, counted from 1, and nothing else."""
    script: dict[int, tuple[Side | None, Strength | None]] = {}
    publish = ModelActor.publish_message

    def say(self: Any, topic: str, message: Any) -> None:
        if isinstance(message, Signal):
            side, strength = script.get((message.ts - MONDAY) // HOUR, (None, None))
            message = Signal(BTC, message.ts, side, 0.5, strength, AWAY, AWAY, HORIZON, message.model)
        publish(self, topic, message)

    monkeypatch.setattr(ModelActor, "publish_message", say, raising=False)
    return script


def follow(**params: Any) -> list[Mapping[str, Any]]:
    return [{"path": FOLLOW, "params": params}]


def number(ts: int | None) -> int:
    """Return which bar, counted from 1, a fill lies in, or at whose open."""
    return ((ts or 0) - MONDAY) // HOUR + 1


def intents(outcome: RunOutcome) -> list[Intent]:
    return [one.intent for one in outcome.recorder.decisions if isinstance(one.intent, Intent)]


def bars(studio: Studio) -> Bars:
    return studio.market().sources[0].read(MONDAY, MONDAY + 10_000 * HOUR)[0]


@pytest.mark.parametrize("side", list(Side))
def test_each_trade_begins_and_ends_with_the_bars_its_label_says(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]], side: Side
) -> None:
    events: Ints = np.arange(10, 390, 10)
    planned |= {int(event) + 1: (side, Strength.WEAK) for event in events}
    trades = studio.run(model, **FREE).recorder.ledger.trades
    market = bars(studio)
    label = triple_barrier(
        market, events, np.full(len(events), side.sign, np.int8), np.full(len(events), AWAY),
        target=1.0, stop=1.0, horizon=HORIZON, cost=0.0,
    )  # fmt: skip
    assert [number(trade.entry_time) for trade in trades] == (events + 2).tolist()
    # An exit at a bar's open is stamped after the close of the one before.
    ends = [int(np.searchsorted(market.ts, end)) + 1 for end in label.ends]
    assert [number(trade.exit_time) for trade in trades] == ends
    words = {1: "target", -1: "stop", 0: "time"}
    assert [trade.exit_reason for trade in trades] == [words[touched] for touched in label.touched.tolist()]
    assert {trade.exit_reason for trade in trades} == set(words.values())
    gross = [float(trade.gross / (trade.entry_price * trade.quantity)) for trade in trades]
    assert gross == pytest.approx(label.gross, abs=2e-4)


@pytest.mark.parametrize("side", list(Side))
def test_it_asks_for_the_stop_and_the_target_that_the_signal_says(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]], side: Side
) -> None:
    planned[20] = (side, Strength.STRONG)
    (intent,) = intents(studio.run(model, strategies=follow(stop=0.5, target=2.0)))
    close = float(bars(studio).close[19])
    assert (intent.side, intent.strength, intent.ts) == (side, Strength.STRONG, MONDAY + 20 * HOUR)
    assert intent.price == Decimal(str(close))
    assert float(intent.stop or 0) == pytest.approx(close * (1 - side.sign * 0.5 * AWAY), rel=1e-9)
    assert float(intent.target or 0) == pytest.approx(close * (1 + side.sign * 2 * AWAY), rel=1e-9)


def test_no_stop_lies_beyond_the_widest(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]]
) -> None:
    planned[20] = (Side.LONG, Strength.WEAK)
    (intent,) = intents(studio.run(model, strategies=follow(stop=8.0, max_stop_pct=0.05)))
    assert float(intent.stop or 0) == pytest.approx(float(bars(studio).close[19]) * 0.95, rel=1e-9)


@pytest.mark.parametrize(("hold", "held"), [(1.0, 6), (0.5, 3), (0.01, 1), (2.0, 12)])
def test_it_leaves_when_its_horizon_is_over(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]], hold: float, held: int
) -> None:
    planned[20] = (Side.LONG, Strength.WEAK)
    specs = follow(hold=hold, stop=10.0, target=10.0)
    (trade,) = studio.run(model, strategies=specs).recorder.ledger.trades
    assert (number(trade.entry_time), number(trade.exit_time), trade.exit_reason) == (21, 21 + held, "time")


def test_while_it_holds_it_hears_no_other_signal_and_after_that_its_next_horizon_is_whole(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]]
) -> None:
    planned |= {bar: (Side.LONG, Strength.WEAK) for bar in range(20, 40)}
    outcome = studio.run(model, strategies=follow(stop=10.0, target=10.0))
    spans = [(number(trade.entry_time), number(trade.exit_time)) for trade in outcome.recorder.ledger.trades]
    assert spans == [(21, 27), (28, 34), (35, 41)]
    assert outcome.recorder.refusals == []


def test_after_a_stop_the_count_of_the_trade_before_does_not_end_the_next(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]]
) -> None:
    planned |= {bar: (Side.LONG, Strength.WEAK) for bar in range(20, 380)}
    trades = studio.run(model).recorder.ledger.trades
    assert sum(trade.exit_reason != "time" for trade in trades) > 10
    for trade in trades:
        assert number(trade.exit_time) - number(trade.entry_time) <= HORIZON
        late = number(trade.exit_time) - number(trade.entry_time) == HORIZON
        assert late is (trade.exit_reason == "time")


@pytest.mark.parametrize(("least", "followed"), [("weak", [20, 40, 60]), ("normal", [40, 60]), ("strong", [60])])
def test_what_is_weaker_than_asked_is_left_alone(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]], least: str, followed: list[int]
) -> None:
    planned |= {20 * rank: (Side.LONG, strength) for rank, strength in enumerate(Strength, 1)}
    outcome = studio.run(model, strategies=follow(least=least))
    assert [number(intent.ts) - 1 for intent in intents(outcome)] == followed


def test_where_nobody_may_sell_short_nobody_asks_to(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]]
) -> None:
    planned |= {20: (Side.SHORT, Strength.WEAK), 40: (Side.LONG, Strength.WEAK)}
    outcome = studio.run(model, venue={"short": False})
    assert [intent.side for intent in intents(outcome)] == [Side.LONG]
    assert outcome.recorder.refusals == []


def test_other_messages_of_the_topic_are_none_of_its_business(
    studio: Studio, model: Artefact, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say(self: Any, topic: str, _message: Any) -> None:
        super(ModelActor, self).publish_message(topic, "buy!")

    monkeypatch.setattr(ModelActor, "publish_message", say, raising=False)
    monkeypatch.setattr("tradingbot.learning.driftactor.DriftActor.observe", lambda *_heard: None)
    monkeypatch.setattr("tradingbot.learning.driftactor.DriftActor.resolve", lambda *_heard: None)
    assert studio.run(model).recorder.decisions == []


def test_what_it_raises_when_it_hears_a_signal_fails_the_run(
    studio: Studio, model: Artefact, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(*_args: object) -> None:
        raise ValueError("boom")

    monkeypatch.setattr(Follow, "_close", boom)
    with pytest.raises(StrategyFailed, match=r"^Follow-000\.topic raised ValueError: boom"):
        studio.run(model)


@pytest.mark.parametrize("early", [True, False])
def test_it_does_not_matter_whether_bar_or_signal_is_handed_to_it_first(
    studio: Studio, model: Artefact, planned: dict[int, tuple[Side, Strength]],
    monkeypatch: pytest.MonkeyPatch, early: bool,
) -> None:  # fmt: skip
    planned |= {bar: (Side.LONG, Strength.WEAK) for bar in range(20, 380)}
    expected = studio.run(model).recorder.ledger.trades
    handed, heard = Follow.on_bar, Follow.follow_signal
    waiting: list[tuple[Any, Any]] = []

    def on_bar(self: Any, bar: Any) -> None:
        waiting.append((self, bar))
        if not early or number(bar.ts_event) < 11:
            handed(*waiting.pop())

    def hear(self: Any, signal: Any) -> None:
        heard(self, signal)
        while waiting:
            handed(*waiting.pop())

    monkeypatch.setattr(Follow, "on_bar", on_bar)
    monkeypatch.setattr(Follow, "follow_signal", hear)
    assert studio.run(model).recorder.ledger.trades == expected


def test_two_followers_act_in_the_order_of_the_config_in_every_process(studio: Studio, model: Artefact) -> None:
    specs = [*follow(), *follow(stop=2.0, hold=2.0)]
    outcome = studio.run(model, strategies=specs)
    here = [[one.intent.strategy, one.intent.ts] for one in outcome.recorder.decisions]
    at_once = [pair for pair in itertools.pairwise(here) if pair[0][1] == pair[1][1]]
    assert len(at_once) > 5
    assert all((first[0], second[0]) == ("Follow-000", "Follow-001") for first, second in at_once)
    code = (
        "import json; from tradingbot.core.runtime import backtesthost, market\n"
        f"p = market.plan({str(studio.home / 'studio.json')!r})\n"
        "o = backtesthost.run_backtest(p, market.open_planned_market(p)[0])\n"
        "print(json.dumps([[one.intent.strategy, one.intent.ts] for one in o.recorder.decisions]))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == here


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"least": "sure"}, "least was 'sure'"),
        ({"stop": 0}, "stop was 0"),
        ({"target": 11}, "target was 11"),
        ({"hold": 0}, "hold was 0"),
        ({"max_stop_pct": 0.2}, "max_stop_pct was 0.2"),
        ({"horizon": 5}, "horizon is not a known field, allowed are hold, least"),
    ],
)
def test_a_wrong_parameter_is_named(params: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(FollowParams, params, "params")

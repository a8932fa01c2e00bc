# file: tests/core/validation/testcrossvalidation.py
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tradingbot.core.config.candidate import Grid
from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import load
from tradingbot.core.config.validation import ValidationConfig
from tradingbot.core.errors import ConfigError, RunFailed
from tradingbot.core.runtime.decisions import IntentCounts
from tradingbot.core.runtime.market import plan
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.folds import Span
from tradingbot.core.statistics.intraday import Intraday
from tradingbot.core.time import DAY
from tradingbot.core.validation import crossvalidation
from tradingbot.core.validation.criteria import broken_rules, funding_doubts, switched_off
from tradingbot.core.validation.crossvalidation import combinations, cross_validate, select
from tradingbot.core.validation.evidence import evidence_of, pooled, run_stats
from tradingbot.core.validation.walkforward import fixed_walk_forward, trained_walk_forward


def record(returns: np.ndarray, trades: list[tuple[float, float]] | None = None, **fields: Any) -> RunRecord:
    """Return a run of these daily returns, with trades (entry, exit) in days."""
    spans = trades or []
    entries = np.array([int(entry * DAY) for entry, _ in spans], dtype=np.int64)
    growth = np.concatenate([[1.0], np.cumprod(1 + returns)])
    known: dict[str, Any] = dict(
        start=0, end=len(returns) * DAY, days=(1 + np.arange(len(returns), dtype=np.int64)) * DAY, returns=returns,
        intraday=Intraday.of_ends(returns), gains=np.diff(growth) * 1000,
        points=(np.arange(len(growth), dtype=np.int64) * DAY, growth), entries=entries,
        exits=np.array([int(exit_ * DAY) for _, exit_ in spans], dtype=np.int64), pnl=np.ones(len(spans)),
        fractions=np.full(len(spans), 0.01), instruments=np.zeros(len(spans), dtype=np.int64),
        names=("BTCUSDT-LINEAR.BYBIT",), assets=("BTC",), open_trades=0, intents=IntentCounts(len(spans), {}, {}),
        approved=len(spans), fills=2 * len(spans), bars=100, fees=1.0, slippage=0.0, liquidated=False, synthetic=False,
    )  # fmt: skip
    return RunRecord(**(known | fields))


def noise(seed: int, days: int = 120, mean: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 0.01, days)


TRAIN, TEST = Span(0, 60 * DAY), Span(60 * DAY, 90 * DAY)


def test_the_best_of_the_training_days_is_picked_whatever_comes_later() -> None:
    good_first = np.concatenate([noise(1, 60, 0.01), noise(2, 60, -0.02)])
    good_later = np.concatenate([noise(3, 60, -0.01), noise(4, 60, 0.02)])
    found = select({"a": record(good_later), "b": record(good_first)}, [TRAIN], [TEST], DAY, 365)
    assert (found.label, (found.sharpe or 0) > 5) == ("b", True)


def test_days_of_a_trade_that_reaches_into_the_test_do_not_train() -> None:
    returns = noise(5)
    returns[55:60] = 0.2
    held_back, clean = (
        select({"a": record(returns, [(10, 12), (54.5, end)])}, [TRAIN], [TEST], DAY, 365) for end in (70, 59.5)
    )
    assert (held_back.purged, clean.purged) == (1, 0)
    assert (held_back.sharpe or 9) < 2 < (clean.sharpe or 0)


def test_days_within_the_embargo_after_a_test_do_not_train() -> None:
    returns = noise(6)
    returns[90:95] = 0.2
    spans = [TRAIN, Span(90 * DAY, 120 * DAY)]
    without, embargoed = (
        select({"a": record(returns)}, spans, [TEST], embargo, 365).sharpe for embargo in (0, 5 * DAY)
    )
    assert without is not None
    assert embargoed is not None
    assert embargoed < without


def test_a_purge_that_was_left_out_is_refused_by_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossvalidation, "purge_mask", lambda starts, *_: np.ones(len(starts), dtype=bool))
    with pytest.raises(RunFailed, match=r"training days of a"):
        select({"a": record(noise(7))}, [Span(0, 120 * DAY)], [TEST], DAY, 365)


def test_a_walk_that_trains_nothing_uses_every_day_and_trade_once_and_a_slice_its_own_alone() -> None:
    made = record(noise(8), [(day + 0.2, day + 0.7) for day in range(120)])
    walk = fixed_walk_forward(made, 5, 365)
    assert sum(fold.test.trades for fold in walk.folds) == len(walk.evidence.pnl) == 120
    assert np.array_equal(walk.evidence.returns, made.returns)
    assert [fold.purged for fold in walk.folds] == [0] * 5
    part = evidence_of(record(noise(9), [(1.5, 2), (59.5, 61), (60, 62), (89.9, 95)]), TEST)
    assert (len(part.days), part.days[0], part.days[-1]) == (30, 61 * DAY, 90 * DAY)
    assert part.entries.tolist() == [60 * DAY, int(89.9 * DAY)]


def test_a_trained_walk_follows_each_choice_into_its_own_fold() -> None:
    early = np.concatenate([noise(1, 60, 0.01), noise(2, 60, -0.01)])
    records = {"early": record(early), "late": record(-early)}
    walk = trained_walk_forward(records, {"early": {"a.b": 1}, "late": {"a.b": 2}}, 5, DAY, 365)
    assert walk.folds[0].chosen == {"b": 1}
    assert len(walk.evidence.returns) == 100
    assert np.array_equal(walk.evidence.returns[:20], early[20:40])


def test_cross_validation_has_nine_paths_of_the_whole_length() -> None:
    records = {str(seed): record(noise(seed)) for seed in range(4)}
    found = cross_validate(records, 10, 2, DAY, 365)
    assert [path.number for path in found] == list(range(1, 10))
    assert len({path.total_return for path in found}) > 1


def test_a_choice_among_noise_is_worth_nothing_in_the_test() -> None:
    means = []
    for seed in range(30):
        records = {str(number): record(noise(1_000 * seed + number, 240)) for number in range(10)}
        walk = trained_walk_forward(records, {name: {} for name in records}, 4, DAY, 365)
        means.append(walk.evidence.returns.mean() / walk.evidence.returns.std() * np.sqrt(192))
    assert abs(np.mean(means)) < 3 / np.sqrt(30)


def test_combinations_are_all_there_and_a_value_that_is_not_allowed_is_refused() -> None:
    planned = plan("config/backtests/trend.json")
    values = {"strategies.0.params.entry_bars": (300, 400), "strategies.0.params.stop_ranges": (8.0, 10.0, 12.0)}
    found = combinations(planned, Grid(kind="grid", values=values))
    assert len(found) == 6
    assert found[0].label == "grid 1: entry_bars=300, stop_ranges=8.0"
    assert found[5].plan.config.strategies[0].params == {"entry_bars": 400, "stop_ranges": 12.0}
    with pytest.raises(ConfigError):
        combinations(planned, Grid(kind="grid", values={"strategies.0.path": ("a", "b")}))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"points": (np.array([0, 1]), np.array([1.0, 0.0]))}, "the account was ruined: equity fell to nothing"),
        ({"liquidated": True}, "the venue liquidated a position: the stop did not protect it"),
        ({"fills": 0}, "1 entries were approved and none was filled: the run is broken, not unlucky"),
        (
            {"approved": 0, "fills": 0, "intents": IntentCounts(1, {"market_sane": 1}, {})},
            "all 1 intents were refused by the risk desk (market_sane 1)",
        ),
        ({"intents": IntentCounts(1, {}, {"asset_exposure": 1})}, None),  # what was cut was traded
        ({"fees": 0.0}, "1 trades paid no fees at all: costs are not modelled"),
        ({"fees": -2.5}, None),  # a maker whose rebates outweigh what taking costs has paid fees all the same
        (
            {"settlements": 199, "settlements_missing": 2},
            "funding is missing for 2 of 199 settlements that fell while a position was open (1.0%), allowed is 1%:"
            " costs are not modelled; `tradingbot data check` names them",
        ),
        ({"settlements": 200, "settlements_missing": 2}, None),
        ({}, None),
    ],
)
def test_hard_rules_break_on_facts(fields: dict[str, Any], sentence: str | None) -> None:
    made = record(noise(10), [(1, 2)], **fields)
    assert broken_rules(made) == ([] if sentence is None else [sentence])


def test_net_profit_is_equitys_in_every_fold_and_pooled() -> None:
    # Ten days that change 1,000 by +10 each, and one trade that was closed with 1: the rest is still open.
    made = record(np.full(10, 0.01), [(2.2, 2.8)], gains=np.full(10, 10.0))
    walk = fixed_walk_forward(made, 5, 365)
    stats = [fold.test for fold in walk.folds]
    assert [(item.net_pnl, item.realised_pnl) for item in stats] == [(20.0, float(n == 1)) for n in range(5)]
    assert [run_stats(pooled([walk.evidence] * n), 365).net_pnl for n in (1, 2)] == [100.0, 200.0]
    assert run_stats(walk.evidence, 365).net_pnl == 100.0
    named = {item.name: item.reason for item in run_stats(walk.evidence, 365).unreliable}
    assert named == {"sharpe": "from 10 days, 60 are needed", "profit_factor": "from 1 trade, 30 are needed"}
    # Of a ruined account the profit is what was realised.
    ruined = record(np.empty(0), [(2.2, 2.8)], pnl=np.array([-1_000.0]), end=10 * DAY)
    assert run_stats(evidence_of(ruined), 365).net_pnl == -1_000.0


def test_missing_funding_can_be_allowed_and_nothing_else_is_with_it() -> None:
    made = record(noise(10), [(1, 2)], settlements=90, settlements_missing=90, liquidated=True)
    liquidated = "the venue liquidated a position: the stop did not protect it"
    assert (len(broken_rules(made)), broken_rules(made, allow_missing_funding=True)) == (2, [liquidated])
    shipped = load(ValidationConfig, config_file("validation.json"))
    assert switched_off(shipped) == ()
    assert switched_off(shipped.model_copy(update={"allow_missing_funding": True})) == (
        "missing funding is allowed (allow_missing_funding): a perpetual without it looks free",
    )


def test_doubtful_funding_is_told_though_no_rule_breaks() -> None:
    assert funding_doubts(record(noise(10), [(1, 2)], settlements=400, median_rate=0.001)) == []
    assert funding_doubts(record(noise(10), [(1, 2)], settlements=400, settlements_missing=2, median_rate=0.01)) == [
        "2 of 400 settlements that fell while a position was open (0.5%) are missing and were not charged.",
        "The funding rates have a median of 1.00% in eight hours, usual is 0.01 %: percentages taken for fractions are"
        " paid and received a hundredfold.",
    ]
    assert funding_doubts(record(noise(10), [(1, 2)], settlements=400, settlements_zero=100)) == [
        "100 of 400 settlements that fell while a position was open (25.0%) have a rate of zero: were holes filled?"
    ]

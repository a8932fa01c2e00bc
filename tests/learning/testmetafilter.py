# file: tests/learning/testmetafilter.py
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from tests.learning.modelfixture import BTC, ETH, FEATURES, HOUR, MONDAY, FakeBar, Heard, Studio, heeding, recipe
from tradingbot.core.config.candidate import LinearSpec
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent, Leg, Side, SpreadIntent, Strength
from tradingbot.core.messages.signal import Observation
from tradingbot.learning.driftactor import DriftActor
from tradingbot.learning.metafilter import MetaFilter
from tradingbot.learning.models.artefact import Artefact
from tradingbot.learning.modelschedule import ModelSchedule, ModelTerm
from tradingbot.learning.training.labelling import Primary, metalabel_samples

META = recipe(target="meta", features=(*FEATURES, "leader 1", "beta 8"), leader=BTC)
PAIR: dict[str, Any] = {"instruments": [ETH, BTC]}
PUPPET = "tests.golden.scriptedstrategy:Puppet"


def acting(filtered: bool = True, of: Sequence[int] = (0, 1)) -> list[dict[str, Any]]:
    """Return a puppet that enters every eight bars, long and short in turn, and leaves four bars later."""
    cues = [
        {"bar": bar + after, "do": do, "of": which, "stop": 0.1}
        for which in of
        for number, bar in enumerate(range(4, 390, 8))
        for after, do in ((0, ("long", "short")[number % 2]), (4, "leave"))
    ]
    return [{"path": PUPPET, "params": {"cues": cues}, "filtered": filtered}]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    studio = Studio(tmp_path_factory.mktemp("meta"))
    studio.walk()
    studio.walk(ETH, seed=4, scale=0.05)
    return studio


def primary(studio: Studio, **fields: Any) -> Primary:
    trades = studio.run(None, **PAIR, strategies=acting(filtered=False), **fields).recorder.ledger.trades
    return Primary(
        tuple(trade.instrument for trade in trades),
        np.array([1 if trade.side == "LONG" else -1 for trade in trades], dtype=np.int8),
        np.array([trade.entry_time for trade in trades]),
        np.array([trade.exit_time for trade in trades]),
        np.array([float(trade.pnl) for trade in trades]) / 1e5,
    )


@pytest.fixture(scope="module")
def model(studio: Studio) -> Artefact:
    """Learned from its own rows, but with labels that something of them is to be learned from."""
    samples = metalabel_samples(studio.pieces(META, **PAIR), primary(studio))
    rises = samples.x[:, 1] + np.random.default_rng(2).normal(0, 0.005, len(samples)) > 0
    planted = replace(samples, y=rises.astype(np.int8), net_up=np.where(rises, 0.01, -0.01))
    return studio.taught(META.model_copy(update={"members": (LinearSpec(),)}), planted, **PAIR)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Observation]:
    """What the filter asked its model."""
    found: list[Observation] = []
    monkeypatch.setattr(DriftActor, "observe", lambda _self, observation: found.append(observation))
    return found


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_what_the_filter_is_asked_about_is_the_row_its_label_was_learned_on_bit_for_bit(
    studio: Studio, model: Artefact, seen: list[Observation], rows: Heard, realism: str
) -> None:
    # It lets everything pass, so that the same trades come about.
    outcome = studio.run(heeding(model, 0.0, 1e-9), **PAIR, strategies=acting(), realism=realism)
    pieces = studio.pieces(META, **PAIR)
    for heard, piece in zip(rows.values(), pieces, strict=True):
        assert np.array([row for _, row in heard])[:, : len(piece.names)].tobytes() == piece.values.tobytes()
    samples = metalabel_samples(pieces, primary(studio, realism=realism))
    names = [PAIR["instruments"][number] for number in samples.instrument]
    expected = dict(zip(zip(samples.starts.tolist(), names, strict=True), samples.x, strict=True))
    assert len(seen) == len(expected) > 80
    for one in seen:
        assert np.array(one.features).tobytes() == expected[one.ts, one.instrument].tobytes()
    probabilities = model.portable.probabilities(np.array([one.features for one in seen]))
    assert np.array([one.probability for one in seen]).tobytes() == probabilities.tobytes()
    assert outcome.recorder.refusals


def test_an_entry_that_is_not_expected_to_pay_is_dropped_with_the_reason(
    studio: Studio, model: Artefact, seen: list[Observation]
) -> None:
    outcome = studio.run(heeding(model), **PAIR, strategies=acting())
    dropped = [refusal for refusal in outcome.recorder.refusals if refusal.was != "none"]
    expected = [one for one in seen if one.probability <= 0.5]
    assert [(one.instrument, one.ts) for one in dropped] == [(one.instrument, one.ts) for one in expected]
    assert 5 < len(dropped) < len(seen) - 5
    first, probability = dropped[0], f"{expected[0].probability:.3f}"
    assert (first.rule, first.was, first.limit) == ("meta_label", probability, "0.500")
    assert first.sentence == f"{first.instrument}: its chance to pay is {probability}, the model asks for 0.500"
    entered = {trade.entry_time // HOUR * HOUR for trade in outcome.recorder.ledger.trades}
    assert entered == {one.ts for one in seen if one.probability > 0.5}


def test_its_strength_reaches_the_desk(studio: Studio, model: Artefact, seen: list[Observation]) -> None:
    bare = heeding(model)
    graded = replace(bare, manifest=bare.manifest.model_copy(update={"normal": 0.55, "strong": 0.65}))
    outcome = studio.run(graded, **PAIR, strategies=acting())
    intents = [one.intent for one in outcome.recorder.decisions if isinstance(one.answer, Approved)]

    def strength(p: float) -> Strength:
        return Strength.STRONG if p >= 0.65 else Strength.NORMAL if p >= 0.55 else Strength.WEAK

    expected = {(one.instrument, one.ts): strength(one.probability) for one in seen if one.probability > 0.5}
    assert {(intent.instrument, intent.ts): intent.strength for intent in intents} == expected
    assert set(expected.values()) == set(Strength)


def test_a_model_that_always_abstains_lets_nothing_pass(studio: Studio, model: Artefact) -> None:
    outcome = studio.run(heeding(model, None), **PAIR, strategies=acting())
    assert outcome.recorder.ledger.trades == []
    assert {refusal.rule for refusal in outcome.recorder.refusals} == {"meta_label"}
    assert outcome.recorder.refusals[-1].sentence.endswith(", the model asks for never")


def test_before_it_is_warm_and_outside_every_term_nothing_passes(studio: Studio, model: Artefact) -> None:
    path = str(studio.keep(heeding(model, 0.0, 1e-9)))
    outcome = studio.run([{"path": path, "end": "2025-01-08T00:00"}], **PAIR, strategies=acting())
    reasons = {refusal.ts: refusal.sentence for refusal in outcome.recorder.refusals if refusal.instrument == ETH}
    assert reasons[MONDAY + 4 * HOUR] == f"{ETH}: the features are not warm yet"
    assert reasons[MONDAY + 52 * HOUR] == f"{ETH}: no model is in force at this time"


def test_a_strategy_beside_it_that_is_not_filtered_enters_as_it_likes(studio: Studio, model: Artefact) -> None:
    both = [*acting(of=[0]), *acting(filtered=False, of=[1])]
    outcome = studio.run(heeding(model, None), **PAIR, strategies=both)
    assert {trade.instrument for trade in outcome.recorder.ledger.trades} == {BTC}


def test_two_filtered_strategies_feed_it_each_bar_once(studio: Studio, model: Artefact, rows: Heard) -> None:
    studio.run(heeding(model), **PAIR, strategies=[*acting(of=[0]), *acting(of=[1])])
    assert [len(heard) for heard in rows.values()] == [400, 400]


def test_what_it_raises_fails_the_run(studio: Studio, model: Artefact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MetaFilter, "judge", Mock(side_effect=ValueError("boom")))
    with pytest.raises(StrategyFailed, match=r"^Puppet-000\.on_bar raised ValueError: boom"):
        studio.run(heeding(model), **PAIR, strategies=acting())


def test_a_structure_of_options_is_asked_about_as_a_long(studio: Studio) -> None:
    asked: list[Observation] = []
    bare = recipe(target="meta")
    taught = studio.taught(bare, metalabel_samples(studio.pieces(bare, **PAIR), primary(studio)), **PAIR)
    instruments = {name: load_listing(name).instrument for name in (ETH, BTC)}
    judge = MetaFilter(ModelSchedule([ModelTerm(heeding(taught, 0.0, 1e-9), "x")]), instruments, HOUR, [asked.append])
    prices = np.round(3_000 + np.cumsum(np.random.default_rng(1).normal(0, 9, 20)), 2)
    for number, price in enumerate(prices.tolist()):
        ts = MONDAY + number * HOUR
        judge.observe(FakeBar(ts, price, price, price, price, 1.0 + ts % 7))
    at = MONDAY + 19 * HOUR
    leg = Leg("PUT", Side.SHORT, Decimal(1))
    spread = SpreadIntent("S", ETH, (leg,), Decimal(3_000), Decimal(1), Strength.STRONG, at)
    single = Intent("S", ETH, Side.SHORT, Decimal(3_000), None, None, Strength.STRONG, at)
    answers = [judge.judge(spread), judge.judge(single)]
    assert [one.features[-1] for one in asked] == [1.0, -1.0]
    for answer, one in zip(answers, asked, strict=True):
        assert isinstance(answer, Refused) is (one.probability < 0.5)
        assert isinstance(answer, Refused) or answer.strength is Strength.WEAK

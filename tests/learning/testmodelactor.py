# file: tests/learning/testmodelactor.py
from __future__ import annotations

from typing import Any, cast
from unittest.mock import Mock

import numpy as np
import pytest
from nautilus_trader.common import DataActor

from tests.learning.modelfixture import BTC, ETH, EURUSD, FEATURES, HOUR, MONDAY, Heard, Studio, heeding, recipe
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.market.columns import Bars, PriceSide
from tradingbot.core.messages.intent import Side, Strength
from tradingbot.core.messages.signal import OBSERVATION, RESOLVED, SIGNAL, Resolved, Signal
from tradingbot.learning.features.featurestream import FeatureTable
from tradingbot.learning.labels.triplebarrier import barrier_width
from tradingbot.learning.modelactor import FUNDING, SPREAD, ModelActor, looks_at
from tradingbot.learning.models.artefact import Artefact
from tradingbot.learning.training.labelling import direction_samples

CROSS = ("leader 1", "relative 4", "beta 8", "leadercorrelation 8")
PERPETUAL = (*FEATURES, "corwinschultz 4", "roll 8", "illiquidity 4 8", "fundingrate", "fundingmean 12", *CROSS)
QUOTED = ("momentum 1", "realised 8", "skew 8", "quotedspread 1", "quotedspread 4", "daycos", "weekend")
Said = dict[str, list[Any]]
FOREX: dict[str, Any] = {"lane": "forex", "equity": "100000 USD", "instruments": [EURUSD]}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """Two perpetuals with funding, of which the second lacks bars here and there."""
    studio = Studio(tmp_path_factory.mktemp("two"))
    bars = studio.walk(BTC)
    other = Studio(tmp_path_factory.mktemp("other")).walk(ETH, seed=4, scale=0.05)
    studio.bars(ETH, other.take(np.setdiff1d(np.arange(400), [40, 41, 150, 399])))
    settled = np.concatenate([[MONDAY], bars.ts[bars.ts % (8 * HOUR) == 0]])
    studio.funding(BTC, settled, 5)
    # Venues settle some milliseconds late.
    studio.funding(ETH, settled + 5_000_000, 6)
    return studio


@pytest.fixture(scope="module")
def crypto(two: Studio) -> Artefact:
    asked = recipe(features=PERPETUAL, leader=BTC)
    return heeding(two.taught(asked, instruments=[ETH, BTC]))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """A currency pair whose bid and ask are an odd number of ticks apart: midpoints lie between ticks."""
    studio = Studio(tmp_path_factory.mktemp("pair"))
    rng, raw = np.random.default_rng(11), Studio(tmp_path_factory.mktemp("raw")).walk()
    first, high, low, last = (np.round(column / 60_000 * 1.1, 5) for column in (raw.open, raw.high, raw.low, raw.close))
    high, low = np.maximum.reduce([first, high, last]), np.minimum.reduce([first, low, last])
    ticks, volume = (2 * rng.integers(0, 4, len(raw)) + 1) * 1e-5, np.full(len(raw), 1e6)
    studio.bars(EURUSD, Bars(raw.ts, first, high, low, last, volume), side=PriceSide.BID)
    asked = Bars(raw.ts, first + ticks, high + ticks, low + ticks, last + ticks, volume)
    studio.bars(EURUSD, asked, side=PriceSide.ASK)
    return studio


@pytest.fixture(scope="module")
def forex(pair: Studio) -> Artefact:
    return heeding(pair.taught(recipe(features=QUOTED), **FOREX))


@pytest.fixture(scope="module")
def plain(model: Artefact) -> Artefact:
    return heeding(model)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What the actor publishes, by topic."""
    found: Said = {SIGNAL: [], OBSERVATION: [], RESOLVED: []}
    publish = DataActor.publish_message

    def hear(self: Any, topic: str, message: Any) -> None:
        found[topic].append(message)
        publish(self, topic, message)

    monkeypatch.setattr(ModelActor, "publish_message", hear, raising=False)
    return found


def assert_same(heard: list[tuple[int, Floats]], piece: FeatureTable) -> None:
    ts, values = piece.slice.moments.ts, piece.values
    assert [at for at, _ in heard] == ts.tolist()
    live = np.array([row for _, row in heard])
    assert live[:, : values.shape[1]].tobytes() == values.tobytes()
    assert live[:, piece.names.index("realised 8")].tobytes() == piece.volatility.tobytes()


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_what_a_run_sees_of_perpetuals_with_funding_and_a_leader_is_what_training_saw_bit_for_bit(
    two: Studio, crypto: Artefact, rows: Heard, realism: str
) -> None:
    fields: dict[str, Any] = {"instruments": [ETH, BTC], "realism": realism}
    assert two.run(crypto, **fields).bars == 796
    pieces = two.pieces(crypto.manifest.recipe, **fields)
    for heard, piece in zip(rows.values(), pieces, strict=True):
        assert_same(heard, piece)
    assert all(len(piece.warm) > 300 for piece in pieces)
    # A settlement at the period's very first instant is known to neither.
    known = pieces[1].values[:, pieces[1].names.index("fundingrate")]
    assert np.isnan(known[:8]).all()
    assert np.isfinite(known[9:]).all()


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_what_a_run_sees_of_midpoints_between_ticks_and_of_quotes_is_what_training_saw_bit_for_bit(
    pair: Studio, forex: Artefact, rows: Heard, realism: str
) -> None:
    pair.run(forex, **FOREX, realism=realism)
    (piece,) = pair.pieces(forex.manifest.recipe, **FOREX)
    (heard,) = rows.values()
    assert_same(heard, piece)
    assert len(np.unique(piece.values[piece.warm, 3])) > 50


def test_a_run_that_begins_in_the_middle_sees_the_same_once_it_is_warm(
    two: Studio, crypto: Artefact, rows: Heard
) -> None:
    two.run(crypto, instruments=[ETH, BTC], start="2025-01-09T08:00")
    for heard, piece in zip(rows.values(), two.pieces(crypto.manifest.recipe, instruments=[ETH, BTC]), strict=True):
        late = np.array([row for _, row in heard])[piece.memory + 8 :, : piece.values.shape[1]]
        assert late.tobytes() == piece.values[-len(late) :].tobytes()
        assert np.isfinite(late).all()


def test_its_words_are_those_of_the_model_on_the_rows_of_training(two: Studio, crypto: Artefact, said: Said) -> None:
    two.run(crypto, instruments=[ETH, BTC])
    pieces = {piece.slice.instrument: piece for piece in two.pieces(crypto.manifest.recipe, instruments=[ETH, BTC])}
    for name, piece in pieces.items():
        known = piece.slice.moments.ts[piece.warm]
        expected = crypto.portable.probabilities(piece.values[piece.warm])
        assert len(np.unique(expected)) > 20
        signals = [signal for signal in said[SIGNAL] if signal.instrument == name]
        seen = [seen for seen in said[OBSERVATION] if seen.instrument == name]
        assert [signal.ts for signal in signals] == [one.ts for one in seen] == known.tolist()
        assert np.array([signal.probability for signal in signals]).tobytes() == expected.tobytes()
        assert np.array([one.features for one in seen]).tobytes() == piece.values[piece.warm].tobytes()
        assert [one.probability for one in seen] == expected.tolist()
        sides = [Side.LONG if p > 0.5 else Side.SHORT if p < 0.5 else None for p in expected]
        assert [signal.direction for signal in signals] == sides
        assert {signal.strength for signal in signals if signal.direction} == {Strength.WEAK}


def test_a_signal_says_how_far_and_how_long_its_label_looked(studio: Studio, plain: Artefact, said: Said) -> None:
    barriers = plain.manifest.recipe.barriers
    path = studio.keep(plain)
    studio.run(path)
    (piece,) = studio.pieces(plain.manifest.recipe)
    reach = barrier_width(piece.volatility[piece.warm], barriers)
    signals = cast("list[Signal]", said[SIGNAL])
    assert [signal.target for signal in signals] == (barriers.target * reach).tolist()
    assert [signal.stop for signal in signals] == (barriers.stop * reach).tolist()
    assert {(signal.horizon, signal.model) for signal in signals} == {(6, path.name)}


def test_what_became_of_it_is_what_the_label_says(studio: Studio, plain: Artefact, said: Said) -> None:
    asked = plain.manifest.recipe
    studio.run(plain)
    samples = direction_samples(studio.pieces(asked), asked)
    known = samples.take(samples.labelled)
    resolved = cast("list[Resolved]", said[RESOLVED])
    assert [one.decided for one in resolved] == known.starts.tolist()
    assert [one.up for one in resolved] == (known.y == 1).tolist()
    assert {one.ts - one.decided for one in resolved} == {7 * HOUR}
    assert [one.covered for one in resolved] == [(one.probability >= 0.5) == one.up for one in resolved]


def test_a_model_that_always_abstains_says_so_and_nothing_is_traded(
    studio: Studio, plain: Artefact, said: Said
) -> None:
    for silent in (heeding(plain, None), heeding(plain, 0.5, 1.0), heeding(plain, 0.5, -1.0)):
        outcome = studio.run(silent)
        assert (outcome.recorder.decisions, outcome.recorder.ledger.trades) == ([], [])
    assert {(signal.direction, signal.strength) for signal in said[SIGNAL]} == {(None, None)}
    assert len(said[SIGNAL]) == 3 * 392


def test_in_a_walk_forward_every_signal_is_of_the_model_in_force_and_none_of_no_model(
    studio: Studio, plain: Artefact, said: Said
) -> None:
    first, second = studio.keep(plain), studio.keep(heeding(studio.taught(recipe(), seed=8)))
    studio.run([
        {"path": str(second), "start": "2025-01-14T00:00", "end": "2025-01-16T00:00"},
        {"path": str(first), "start": "2025-01-08T00:00", "end": "2025-01-10T00:00"},
    ])  # fmt: skip
    day = 24 * HOUR
    expected = {MONDAY + 2 * day + hour * HOUR: first.name for hour in range(48)}
    expected |= {MONDAY + 8 * day + hour * HOUR: second.name for hour in range(48)}
    assert {signal.ts: signal.model for signal in said[SIGNAL]} == expected
    # What drifts is measured against one training: where there are several nobody watches.
    assert (said[OBSERVATION], said[RESOLVED]) == ([], [])


def test_what_it_raises_fails_the_run(studio: Studio, plain: Artefact, monkeypatch: pytest.MonkeyPatch) -> None:
    boom = Mock(side_effect=ValueError("boom"))
    monkeypatch.setattr("tradingbot.learning.modelschedule.Predictor.probability", boom)
    with pytest.raises(StrategyFailed, match=r"^ModelActor\.on_bar raised ValueError: boom"):
        studio.run(plain)


def test_a_run_is_the_same_twice(studio: Studio, plain: Artefact) -> None:
    runs = [studio.run(plain).recorder.ledger.trades for _ in range(2)]
    assert len(runs[0]) > 20
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("features", "words", "found"),
    [
        (("momentum 4", "quotedspread 3"), SPREAD, True),
        (("momentum 4", "fundingmean 3"), FUNDING, True),
        (("momentum 4",), SPREAD, False),
        (("fundingrate",), SPREAD, False),
    ],
)
def test_what_features_look_at_is_told_by_their_words(
    features: tuple[str, ...], words: tuple[str, ...], found: bool
) -> None:
    assert looks_at(features, words) is found

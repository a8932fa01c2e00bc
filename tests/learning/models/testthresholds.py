# file: tests/learning/models/testthresholds.py
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.learning.models.planteddecisions import HOUR, noise, planted, walk
from tradingbot.core.arrays import Floats
from tradingbot.learning.models.abstention import NEVER
from tradingbot.learning.models.fitting import sigmoid
from tradingbot.learning.models.samples import Samples
from tradingbot.learning.models.thresholds import fit_thresholds


def _known(n: int, seed: int) -> tuple[Floats, Samples]:
    rows = planted(n, seed, straight=1.0, crossed=0.0)
    return sigmoid(rows.x[:, 0]), rows


def _paying(rows: Samples, cost: float) -> Samples:
    return replace(rows, net_up=rows.net_up - cost, net_down=rows.net_down - cost)


def test_what_pays_is_traded_and_the_surer_the_stronger() -> None:
    p, rows = _known(3000, 1)
    found = fit_thresholds(p, _paying(rows, 0.004))
    assert found.weak is not None
    assert found.normal is not None
    assert found.strong is not None
    assert 0.6 < found.weak < found.normal < found.strong


def test_the_dearer_the_trade_the_surer_it_must_be_until_it_never_pays() -> None:
    p, rows = _known(3000, 2)
    weak = [fit_thresholds(p, _paying(rows, cost)).weak for cost in (0.0, 0.006, 0.02)]
    assert weak[0] is not None
    assert weak[1] is not None
    assert weak[0] < weak[1]
    assert weak[2] is None


def test_noise_is_traded_as_seldom_as_the_level_says() -> None:
    rng = np.random.default_rng(3)
    taken = sum(fit_thresholds(rng.uniform(0.3, 0.7, 600), noise(600, seed)) != NEVER for seed in range(200))
    assert taken <= 17  # 5 % of 200 and two standard errors and a half


def test_noise_with_labels_that_overlap_is_traded_no_more_often() -> None:
    rng = np.random.default_rng(4)
    taken = 0
    for seed in range(200):
        smooth = np.convolve(rng.normal(size=1500 + 47), np.ones(48) / 48**0.5, "valid")
        taken += fit_thresholds(sigmoid(smooth), walk(1500, span=24, seed=seed)) != NEVER
    assert taken <= 17


def test_few_rows_or_few_days_prove_nothing() -> None:
    p, rows = _known(3000, 5)
    few = np.arange(40)
    assert fit_thresholds(p[few], rows.take(few)) == NEVER
    sudden = replace(rows, starts=rows.starts // HOUR, ends=rows.starts // HOUR + 1)
    assert fit_thresholds(p, sudden) == NEVER
    assert fit_thresholds(p[:0], rows.take(few[:0])) == NEVER


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_only_rows_that_are_allowed_with_a_net_return_and_a_probability_are_judged(value: float) -> None:
    p, rows = _known(2000, 6)
    assert fit_thresholds(p, rows, np.zeros(2000, dtype=np.bool_)) == NEVER
    assert fit_thresholds(p, rows, p > 0.5).weak is not None
    p, rows = _known(2000, 7)
    one_sided = replace(rows, net_down=np.full(2000, np.nan), net_up=np.where(p < 0.5, -1.0, rows.net_up))
    assert fit_thresholds(p, one_sided).weak is not None
    p, rows = _known(1000, 11)
    p[::2] = value
    rows.net_up[1::4] = np.nan
    assert fit_thresholds(p, rows).weak is not None


def test_a_stricter_level_takes_less() -> None:
    p, rows = _known(400, 8)
    dear = _paying(rows, 0.004)
    assert fit_thresholds(p, dear, level=0.2).weak is not None
    assert fit_thresholds(p, dear, level=1e-9) == NEVER


def test_a_strength_that_earns_no_more_is_not_offered() -> None:
    p, rows = _known(3000, 9)
    sure = np.maximum(p, 1 - p)
    good = np.random.default_rng(10).normal(0.01, 0.01, 3000) - np.where(sure > np.quantile(sure, 0.5), 0.008, 0)
    found = fit_thresholds(p, replace(rows, net_up=good, net_down=good))
    assert found.weak is not None
    assert (found.normal, found.strong) == (None, None)

# file: tests/core/statistics/testoverfitting.py
from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics import overfitting as module
from tradingbot.core.statistics.overfitting import overfitting


def _noise(seed: int, shape: tuple[int, int] = (1000, 200)) -> Floats:
    return np.random.default_rng(seed).normal(size=shape)


def _plain(table: Floats, blocks: int) -> list[float]:
    """One split at a time, straight from the definition; for columns that all vary and never tie."""
    parts = np.array_split(table, blocks)
    logits = []
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.concatenate([parts[at] for at in chosen])
        outside = np.concatenate([parts[at] for at in range(blocks) if at not in chosen])
        best = np.argmax(inside.mean(axis=0) / inside.std(axis=0))
        after = outside.mean(axis=0) / outside.std(axis=0)
        share = (after <= after[best]).sum() / (table.shape[1] + 1)
        logits.append(float(np.log(share / (1 - share))))
    return logits


def test_noise_overfits_about_half_of_the_time_and_a_planted_edge_survives_its_choice() -> None:
    found = [overfitting(_noise(seed)).probability for seed in range(16)]
    assert np.mean(found) == pytest.approx(0.476, abs=2.5 * 0.137 / 4)
    assert np.std(found, ddof=1) == pytest.approx(0.137, abs=0.07)
    found = []
    for seed in range(4):
        table = _noise(100 + seed)
        table[:, :20] += 0.15
        found.append(overfitting(table).probability)
    assert np.mean(found) == pytest.approx(0.001, abs=0.002)


@pytest.mark.parametrize(("rows", "blocks"), [(96, 8), (101, 8), (40, 2)])
def test_block_sums_give_what_the_definition_gives(rows: int, blocks: int) -> None:
    table = _noise(3, (rows, 7)) + 0.05
    assert overfitting(table, blocks).logits == pytest.approx(_plain(table, blocks))


def test_neither_the_size_of_a_chunk_nor_a_large_mean_changes_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    table = _noise(6, (80, 5))
    assert overfitting(1e-6 * table + 1e3, 4).logits == pytest.approx(_plain(1e-6 * table + 1e3, 4))
    table = _noise(4, (120, 9))
    whole = overfitting(table, 8)
    monkeypatch.setattr(module, "_CELLS", 30)
    assert overfitting(table, 8).logits == pytest.approx(whole.logits)


def test_sixteen_blocks_have_all_their_splits_and_trials_that_never_traded_tie_at_the_median() -> None:
    found = overfitting(_noise(5, (64, 3)))
    assert found.logits.shape == (12_870,)
    assert found.probability == np.mean(found.logits <= 0)
    idle = overfitting(np.zeros((32, 4)), 4)
    assert idle.logits == pytest.approx(np.zeros(6))
    assert idle.probability == 1.0


@pytest.mark.parametrize(
    ("shape", "blocks", "sentence"),
    [
        ((40, 3), 5, r"blocks was 5, allowed is an even number from 2"),
        ((40, 3), 0, r"blocks was 0, allowed is an even number from 2"),
        ((31, 3), 16, r"returns had 31 rows, allowed with 16 blocks is 32 or more"),
        ((40, 1), 4, r"returns had 1 columns, allowed is 2 or more"),
    ],
)
def test_what_cannot_be_split_is_refused(shape: tuple[int, int], blocks: int, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        overfitting(np.zeros(shape), blocks)

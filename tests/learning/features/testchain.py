# file: tests/learning/features/testchain.py
from __future__ import annotations

from tradingbot.learning.features.catalogue import feature
from tradingbot.learning.features.chain import compiled_step, plan_of, state_of


def test_what_is_compiled_is_kept_on_disk_under_the_hash_of_the_code() -> None:
    held = [cell.cell_contents for cell in compiled_step().py_func.__closure__]  # type: ignore[attr-defined]
    assert len(held) == 1
    assert isinstance(held[0], int)
    assert held[0] > 2**32


def test_the_tape_keeps_twice_what_the_longest_feature_needs_and_holds_nothing_yet() -> None:
    plan = plan_of([feature("momentum 24"), feature("volratio 12 96")])
    tape, told = state_of(plan, 2, 3, 8)
    assert tape.shape[1] == 2 * 97
    assert told[:3].tolist() == [100, 1000, 1e8]
    assert (tape != tape).all()
    assert (told[3:] != told[3:]).all()

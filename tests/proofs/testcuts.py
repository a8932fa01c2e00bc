# file: tests/proofs/testcuts.py
"""Runs of every lane, cut at random, restored in fresh engines, against the same runs in one piece: many of them."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings

from tests.core.runtime.checkpoint.cutplay import CutPlay, cut_plays
from tests.golden.marketscripts import LANES

_EXAMPLES = {"options": 60}


@pytest.mark.parametrize("lane", LANES)
def test_a_run_that_is_cut_and_restored_does_what_the_whole_one_does(lane: str) -> None:
    @settings(max_examples=_EXAMPLES.get(lane, 250), phases=[Phase.generate])
    @given(play=cut_plays(lane))
    def prove(play: CutPlay) -> None:
        play.proven()

    prove()

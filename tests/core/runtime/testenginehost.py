# file: tests/core/runtime/testenginehost.py
from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.core.runtime.checkpoint.cutplay import cut_plays
from tests.golden.marketscripts import LANES

_EXAMPLES = {"options": 3}


@pytest.mark.parametrize("lane", LANES)
def test_a_run_that_is_cut_and_restored_does_what_the_whole_one_does(lane: str) -> None:
    cuts = held = 0

    @settings(max_examples=_EXAMPLES.get(lane, 12), phases=[Phase.generate])
    @given(data=st.data())
    def prove(data: st.DataObject) -> None:
        nonlocal cuts, held
        course = data.draw(cut_plays(lane)).proven()
        cuts, held = cuts + course.cuts, held + course.held

    prove()
    assert cuts > held > 0

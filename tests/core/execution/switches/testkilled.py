# file: tests/core/execution/switches/testkilled.py
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.execution.switches.killed import Killed
from tradingbot.core.lane import Lane

WORDS = st.text()
KILLS = st.builds(
    Killed, st.sampled_from(Lane), st.integers(0, 2**63 - 1), WORDS, WORDS, st.sampled_from(["operator", "losses"])
)


@given(KILLS)
def test_what_is_written_is_read(killed: Killed) -> None:
    assert Killed.from_json(killed.to_json(), killed.lane) == killed


@given(KILLS, st.data())
def test_a_part_of_a_latch_is_never_taken_for_a_whole_one(killed: Killed, data: st.DataObject) -> None:
    text = killed.to_json().rstrip()
    part = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(ValueError, match=r"."):
        Killed.from_json(part, killed.lane)


def test_the_error_says_what_was_and_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"^it was b'', allowed is an object of lane, ts, by, reason, cause$"):
        Killed.from_json(b"", Lane.FOREX)
    with pytest.raises(ValueError, match=r"^lane was 'options', allowed is 'forex'$"):
        Killed.from_json(Killed(Lane.OPTIONS, 1, "a", "b", "operator").to_json(), Lane.FOREX)


def test_what_is_no_unicode_is_written_out_also_where_an_older_latch_has_it() -> None:
    typed = Killed(Lane.FOREX, 1, "jos\udce9", "caf\udce9", "operator")
    assert (typed.by, typed.reason) == (r"jos\udce9", r"caf\udce9")
    older = typed.to_json().replace(b"\\\\udce9", b"\\udce9")
    assert b'"caf\\udce9"' in older
    assert Killed.from_json(older, Lane.FOREX) == typed

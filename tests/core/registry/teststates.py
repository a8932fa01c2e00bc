# file: tests/core/registry/teststates.py
from __future__ import annotations

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.registry.states import ALLOWED, State, allow

ROUTES = {
    (None, "candidate"), ("candidate", "validated"), ("candidate", "retired"), ("validated", "candidate"),
    ("validated", "validated"), ("validated", "promoted"), ("validated", "retired"), ("promoted", "validated"),
    ("promoted", "demoted"), ("promoted", "retired"), ("demoted", "validated"), ("demoted", "retired"),
}  # fmt: skip


@pytest.mark.parametrize("was", [None, *State])
@pytest.mark.parametrize("now", State)
def test_exactly_the_drawn_ways_are_open(was: State | None, now: State) -> None:
    if (was, now) in ROUTES:
        allow("x", was, now)
        return
    with pytest.raises(PolicyRefused, match=f"^x .* and cannot become {now}, allowed is ") as refused:
        allow("x", was, now)
    assert all(str(way) in str(refused.value) for way in ALLOWED[was])


def test_a_refusal_says_what_is_allowed() -> None:
    with pytest.raises(PolicyRefused, match=r"^x is retired and cannot become promoted, allowed is nothing any more$"):
        allow("x", State.RETIRED, State.PROMOTED)
    with pytest.raises(
        PolicyRefused, match=r"^x is demoted and cannot become promoted, allowed is validated or retired$"
    ):
        allow("x", State.DEMOTED, State.PROMOTED)
    with pytest.raises(
        PolicyRefused, match=r"^x is not in the registry and cannot become promoted, allowed is candidat"
    ):
        allow("x", None, State.PROMOTED)

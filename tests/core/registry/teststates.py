# file: tests/core/registry/teststates.py
from __future__ import annotations

from typing import Any

import pytest

from tests.core.registry.samples import change, signed, unsigned
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.registry.states import ALLOWED, Change, State, allow, check_follows

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


@pytest.mark.parametrize(
    ("was", "state", "allowed"),
    [
        (State.RETIRED, "is retired", "nothing any more$"),
        (State.DEMOTED, "is demoted", "validated or retired$"),
        (None, "is not in the registry", "candidat"),
    ],
)
def test_a_refusal_says_what_is_allowed(was: State | None, state: str, allowed: str) -> None:
    with pytest.raises(PolicyRefused, match=f"^x {state} and cannot become promoted, allowed is {allowed}"):
        allow("x", was, State.PROMOTED)


CANDIDATE, VALIDATED, PROMOTED, DEMOTED = (change(state) for state in list(State)[:4])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("candidate", "../x"), ("candidate", ""), ("candidate", 5), ("state", "glorious"), ("state", 5),
        ("who", ""), ("who", "  "), ("who", None), ("who", "bob\x1b[2J"), ("why", "two\nlines"), ("why", 5),
        ("why", "\u202eturned"), ("why", "\ud800"), ("why", "a\0b"), ("when_ns", -1), ("when_ns", True),
        ("when_ns", 2**63), ("when_ns", 1.0), ("strategy", "a\tb"), ("lane", "moon"), ("certificate", None),
    ],
)  # fmt: skip
def test_a_row_that_could_not_be_read_later_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadInput, match=f"^{name} was .*, allowed (is|are) "):
        change(State.CANDIDATE, **{name: value})


def test_plain_words_become_states_and_lanes() -> None:
    found = change(State.CANDIDATE, state="demoted", lane="options", why="été\u202f2026 \u2212 off")
    assert (found.state, found.lane) == (State.DEMOTED, Lane.OPTIONS)


def test_a_certificate_is_needed_exactly_where_a_state_is_certified() -> None:
    check_follows(CANDIDATE, VALIDATED)
    check_follows(VALIDATED, PROMOTED)
    check_follows(PROMOTED, DEMOTED)


OTHER, LATER = signed(candidate="trend-2").to_json(), signed(run="run-2").to_json()


@pytest.mark.parametrize(
    ("before", "state", "text", "kind", "sentence"),
    [
        (CANDIDATE, "validated", "", PolicyRefused, "trend-1 cannot become validated with no certificate$"),
        (PROMOTED, "demoted", LATER, PolicyRefused, "trend-1 cannot become demoted with a certificate$"),
        (CANDIDATE, "validated", OTHER, PolicyRefused, "the certificate was one of trend-2, allowed is one of trend-1"),
        (VALIDATED, "promoted", LATER, PolicyRefused, "trend-1 can be promoted only with the certificate it was valid"),
        *((CANDIDATE, "validated", text, BadInput, "certificate: ") for text in ("{}", "x", unsigned().to_json())),
    ],
)
def test_a_certificate_that_does_not_fit_the_change_is_refused(
    before: Change, state: str, text: str, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=f"^{sentence}"):
        check_follows(before, change(State(state), certificate=text))

# file: tests/core/registry/teststates.py
from __future__ import annotations

from typing import Any

import pytest

from tests.core.registry.samples import change, signed, unsigned
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.registry.states import ALLOWED, State, allow, check_follows

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
    with pytest.raises(PolicyRefused, match=r"^trend-1 cannot become validated with no certificate$"):
        check_follows(CANDIDATE, change(State.VALIDATED, certificate=""))
    with pytest.raises(PolicyRefused, match=r"^trend-1 cannot become demoted with a certificate$"):
        check_follows(PROMOTED, change(State.DEMOTED, certificate=VALIDATED.certificate))


def test_a_certificate_of_another_candidate_is_refused() -> None:
    text = signed(candidate="trend-2").to_json()
    with pytest.raises(PolicyRefused, match=r"^the certificate was one of trend-2, allowed is one of trend-1$"):
        check_follows(CANDIDATE, change(State.VALIDATED, certificate=text))


def test_a_promotion_is_of_the_certificate_that_was_validated() -> None:
    text = signed(run="run-2").to_json()
    with pytest.raises(
        PolicyRefused, match=r"^trend-1 can be promoted only with the certificate it was validated with"
    ):
        check_follows(VALIDATED, change(State.PROMOTED, certificate=text))


@pytest.mark.parametrize("text", ["{}", "x", unsigned().to_json()])
def test_a_certificate_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"^certificate: "):
        check_follows(CANDIDATE, change(State.VALIDATED, certificate=text))

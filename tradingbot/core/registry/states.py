# file: core/registry/states.py
"""The states of a candidate and the ways between them.

candidate ──> validated ──> promoted ──> demoted
    ^            │  ^          │            │
    └────────────┘  └──────────┴────────────┘      each of them ──> retired, which is final

* validated -> validated: it passed again, and the new certificate replaces the old one.
* promoted -> validated: it passed again. An operator answers for one certificate, not for a name, so the new one has to
  be promoted anew; a promotion never slides over to something nobody looked at.
* demoted -> validated: the only way back, with a new certificate.
* validated -> candidate: a new validation did not pass. A promoted one that does not pass is demoted.
"""

from __future__ import annotations

from enum import StrEnum

from tradingbot.core.errors import PolicyRefused

__all__ = ["ALLOWED", "CERTIFIED", "State", "allow"]


class State(StrEnum):
    """How far a candidate has come."""

    CANDIDATE = "candidate"
    VALIDATED = "validated"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    RETIRED = "retired"


ALLOWED: dict[State | None, tuple[State, ...]] = {
    None: (State.CANDIDATE,),
    State.CANDIDATE: (State.VALIDATED, State.RETIRED),
    State.VALIDATED: (State.CANDIDATE, State.VALIDATED, State.PROMOTED, State.RETIRED),
    State.PROMOTED: (State.VALIDATED, State.DEMOTED, State.RETIRED),
    State.DEMOTED: (State.VALIDATED, State.RETIRED),
    State.RETIRED: (),
}
"""From each state, where to; None is a candidate the registry does not know."""

CERTIFIED = frozenset({State.VALIDATED, State.PROMOTED})
"""The states whose rows carry a certificate."""


def allow(candidate: str, was: State | None, now: State) -> None:
    """Return when the change is allowed.

    Raises
    ------
    PolicyRefused
        Naming what is allowed instead.
    """
    if now in ALLOWED[was]:
        return
    ways = " or ".join(ALLOWED[was])
    state = "is not in the registry" if was is None else f"is {was}"
    raise PolicyRefused(f"{candidate} {state} and cannot become {now}, allowed is {ways or 'nothing any more'}")

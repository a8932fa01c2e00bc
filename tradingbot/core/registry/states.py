# file: core/registry/states.py
"""States of a candidate, the ways between them, and one change as a row.

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

from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.lane import Lane
from tradingbot.core.registry.certificate import LAST, Certificate, is_name


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

    Raises PolicyRefused naming what is allowed instead.
    """
    if now in ALLOWED[was]:
        return
    ways = " or ".join(ALLOWED[was])
    state = "is not in the registry" if was is None else f"is {was}"
    raise PolicyRefused(f"{candidate} {state} and cannot become {now}, allowed is {ways or 'nothing any more'}")


@dataclass(frozen=True, slots=True)
class Change:
    """`candidate` is `state` since `when_ns` (UTC nanoseconds); `certificate` is its JSON, "" in uncertified states.

    `strategy` is the class path. Raises BadInput for an empty name or a value of the wrong kind.
    """

    candidate: str
    state: State
    who: str
    why: str
    when_ns: int
    certificate: str
    strategy: str
    lane: Lane

    def __post_init__(self) -> None:
        if not is_name(self.candidate):
            raise BadInput(f"candidate was {self.candidate!r:.90}, allowed is a name of letters, digits and ._@+=:-")
        if type(self.when_ns) is not int or not 0 <= self.when_ns < LAST:
            raise BadInput(f"when_ns was {self.when_ns!r:.60}, allowed are nanoseconds since 1970")
        for name in ("who", "why", "certificate", "strategy"):
            value: object = getattr(self, name)
            # What is printed later must not steer a terminal, so it is not let in.
            if not isinstance(value, str) or not all(sign.isprintable() or category(sign) == "Zs" for sign in value):
                raise BadInput(f"{name} was {value!r:.60}, allowed is one line of text")
        if not self.who.strip():
            raise BadInput(f"who was {self.who!r}, allowed is the name of who answers for the change")
        object.__setattr__(self, "state", _one_of(State, "state", self.state))
        object.__setattr__(self, "lane", _one_of(Lane, "lane", self.lane))

    def certified(self) -> Certificate | None:
        """Return the certificate, or None in a state that has none; BadInput when it cannot be read."""
        return Certificate.from_json(self.certificate) if self.certificate else None


def check_follows(before: Change | None, change: Change) -> None:
    """Return when `change` may follow the candidate's last one.

    Raises PolicyRefused when the state may not follow, when a certificate is missing, superfluous, of another
    candidate, or not the one that was validated; BadInput when the certificate cannot be read.
    """
    allow(change.candidate, before.state if before else None, change.state)
    certificate = change.certified()
    if (certificate is not None) != (change.state in CERTIFIED):
        was = "no certificate" if certificate is None else "a certificate"
        raise PolicyRefused(f"{change.candidate} cannot become {change.state} with {was}")
    if certificate is not None and certificate.candidate != change.candidate:
        raise PolicyRefused(f"the certificate was one of {certificate.candidate}, allowed is one of {change.candidate}")
    if change.state is State.PROMOTED and before is not None and change.certificate != before.certificate:
        raise PolicyRefused(f"{change.candidate} can be promoted only with the certificate it was validated with")


def _one_of[E: (State, Lane)](kind: type[E], name: str, value: object) -> E:
    try:
        return kind(str(value))
    except ValueError:
        raise BadInput(f"{name} was {value!r:.60}, allowed are {', '.join(kind)}") from None

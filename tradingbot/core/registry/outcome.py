# file: core/registry/outcome.py
"""Enter the outcome of a validation into the registry, whatever state the candidate was in."""

from __future__ import annotations

from dataclasses import replace

from tradingbot.core.errors import PolicyRefused
from tradingbot.core.registry.change import Change
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry

__all__ = ["record_outcome", "refuse_retired"]

_WITHOUT_PASS = {None: State.CANDIDATE, State.VALIDATED: State.CANDIDATE, State.PROMOTED: State.DEMOTED}


def refuse_retired(registry: Registry, candidate: str) -> State | None:
    """Return the state of a candidate that may still be worked on, None when the registry does not know it.

    Raises
    ------
    PolicyRefused
        When it is retired.
    """
    history = registry.history(candidate)
    state = history[-1].state if history else None
    if state is State.RETIRED:
        raise PolicyRefused(f"{candidate} is retired, which is final; give the candidate another name")
    return state


def record_outcome(registry: Registry, change: Change) -> State:
    """Record a validation and return the state it leaves: validated when `change` has a certificate.

    Without one an unknown or validated candidate becomes a candidate and a promoted one is demoted; the others stay as
    they are, without a row. The state of `change` is not looked at.

    Raises
    ------
    PolicyRefused
        When a retired candidate passes.
    """
    history = registry.history(change.candidate)
    was = history[-1].state if history else None
    if not change.certificate:
        to = _WITHOUT_PASS.get(was)
        if to is not None:
            registry.record(replace(change, state=to))
        return to or was or State.CANDIDATE
    if was is None:
        registry.record(replace(change, state=State.CANDIDATE, certificate=""))
    registry.record(replace(change, state=State.VALIDATED))
    return State.VALIDATED

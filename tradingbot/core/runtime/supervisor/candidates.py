# file: core/runtime/supervisor/candidates.py
"""Candidate nodes: a paper node for every candidate that is validated or promoted."""

from __future__ import annotations

from pathlib import Path

from tradingbot.core.config.runtime import CandidateNodes, PaperNode
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry

_TRADED = (State.VALIDATED, State.PROMOTED)


def candidate_nodes(registry: Path, wanted: CandidateNodes, but: frozenset[str]) -> list[PaperNode]:
    """Return a node for each candidate that is validated or promoted, but those of the names in `but`.

    What it is made of its certificate says: the config and the settings it was validated with. Under the names of
    `wanted.catalogs` it trades other data than that.

    Raises LedgerTampered when the registry is not what was written; RunFailed when it cannot be read.
    """
    if not wanted.on or not registry.is_file():
        return []
    found = []
    for change in Registry(registry).current():
        certificate = change.certified() if change.state in _TRADED else None
        if certificate is None or change.candidate in but:
            continue
        catalog = wanted.catalogs.get(change.candidate)
        settings = (*certificate.settings, *([f"catalog={catalog}"] if catalog else []))
        found.append(PaperNode(config=certificate.config_path, speed=wanted.speed, set=settings, name=change.candidate))
    return found

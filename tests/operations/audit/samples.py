# file: tests/operations/audit/samples.py
"""Commands, and an audit log whose clock counts seconds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tradingbot.core.errors import PolicyRefused
from tradingbot.operations.audit.entry import Command, Interface, Outcome
from tradingbot.operations.audit.log import AuditLog

SECOND = 1_000_000_000
KILL = Command("ann", "kill", "forex", "spread 14 pips")
RESUME = Command("bob", "resume", "forex", "the spread is back", Interface.WEB)
PROMOTE = Command("ann", "promote", "trend-1", "")


def clock() -> Callable[[], int]:
    ticks = count(1)
    return lambda: next(ticks) * SECOND


def log_in(state: Path, patience: float = 30.0) -> AuditLog:
    return AuditLog(state / "audit.db", state / "keys" / "audit.key", clock(), patience)


def fill(log: AuditLog) -> None:
    """Write seven rows: a kill that was told afterwards, a resume, a refused promotion, one that was cut off."""
    log.record(KILL, 5, Outcome.DONE, "forex is killed")
    log.answered(log.begin(RESUME), Outcome.DONE, "forex is resumed")
    log.answered(log.begin(PROMOTE), Outcome.REFUSED, "trend-1 is demoted and cannot become promoted")
    log.begin(PROMOTE)


def told(log: AuditLog) -> str:
    """Return in which words the log is refused."""
    with pytest.raises(PolicyRefused) as refused:
        log.rows()
    assert refused.value.exit_code == 3
    return str(refused.value)

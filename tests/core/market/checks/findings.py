# file: tests/core/market/checks/findings.py
"""Checks of rows in pieces, the finding that a test is about, and bars that barely move."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.calendars.sessions import Session
from tradingbot.core.market.checks.checker import Checker
from tradingbot.core.market.checks.defects import Defect, DefectKind, Findings
from tradingbot.core.market.chunks import Chunk, cut
from tradingbot.core.market.columns import Bars, Kind
from tradingbot.core.market.series import Step
from tradingbot.core.time import DAY, HOUR

T0 = 1_735_689_600_000_000_000
NOW = T0 + 365 * DAY


def check(
    chunk: Chunk,
    kind: Kind = Kind.BARS,
    step: Step | None = None,
    tick: float | None = None,
    session: Session | None = None,
    chunk_rows: int = 10**9,
    now: int = NOW,
) -> Findings:
    checker = Checker(kind, step, tick, session, now)
    for piece in cut(chunk, chunk_rows):
        checker.feed(piece)
    return checker.finish()


def one(findings: Findings, kind: DefectKind) -> Defect:
    """Return the finding of this kind; there has to be one."""
    found = findings.of(kind)
    assert found is not None
    return found


def flat(rows: int, first: int = 0, price: float = 100.0, volume: float = 1.0, step: int = HOUR) -> Bars:
    """Return bars whose high is 1 % above their low, so that the market moves 0.00995 in each."""
    one = np.full(rows, price)
    ts = T0 + step * np.arange(first, first + rows)
    return Bars(ts, one, one * 1.005, one * 1.005 / 1.01, one, one * volume / price)

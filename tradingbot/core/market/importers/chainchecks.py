# file: core/market/importers/chainchecks.py
"""Option chain checks: find what is wrong with a contract's rows, and leave out what cannot be traded on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.calendars.clocks import Doubt, doubts, suspected_times
from tradingbot.core.market.checks.counters import DefectCounter
from tradingbot.core.market.checks.defects import DefectKind, Findings, Severity
from tradingbot.core.market.checks.order import is_absurd, is_future
from tradingbot.core.market.importers.chainfile import ChainRows
from tradingbot.core.market.importers.importreport import OnDefect

_SENTENCES: Mapping[DefectKind, str] = {
    DefectKind.ABSURD_TIME: "the time is absent, before 1990 or after 2100",
    DefectKind.AMBIGUOUS_TIME: "the clock showed this hour twice; the order of the rows does not tell which is meant",
    DefectKind.NONEXISTENT_TIME: "the clock was set forward past this time and never showed it",
    DefectKind.FUTURE_TIME: "the time is still to come",
    DefectKind.NAN: "expiry, strike or right is absent or senseless",
    DefectKind.CROSSED_QUOTE: "the ask is below the bid",
    DefectKind.OUT_OF_ORDER: "the time is before that of an earlier row of the contract",
    DefectKind.DUPLICATE_SAME: "an equal row of the contract was there already",
    DefectKind.DUPLICATE_CONFLICTING: "a row of the same contract and time had another quote",
}
_DOUBTS = {DefectKind.AMBIGUOUS_TIME: Doubt.TWICE, DefectKind.NONEXISTENT_TIME: Doubt.NEVER}
_UNSTORABLE = (DefectKind.ABSURD_TIME, DefectKind.NAN, *_DOUBTS)


class ChainChecks:
    """Look at the rows of one contract at a time; `skipped` counts rows without a tradable quote, which is no defect.

    `closes` gives the expiry, UTC nanoseconds, of days since 1970. Whatever is found can be repaired.
    """

    def __init__(self, tick: float, now_ns: int, policy: OnDefect, closes: Callable[[Ints], Ints]) -> None:
        self.skipped: Counter[str] = Counter()
        self._tick = tick
        self._now = now_ns
        self._policy = policy
        self._closes = closes
        self._counters: dict[DefectKind, DefectCounter] = {}
        self._rows, self._first, self._last = 0, np.iinfo(np.int64).max, np.iinfo(np.int64).min

    def feed(self, rows: ChainRows, sane: bool) -> ChainRows:
        """Return the rows to store, in order of time; they are of one contract, or of none (not `sane`)."""
        self._rows += len(rows)
        doubt = doubts(rows.ts)
        bad = {kind: doubt == each for kind, each in _DOUBTS.items()} | {
            DefectKind.ABSURD_TIME: is_absurd(rows.ts) & (doubt == Doubt.NONE),
            DefectKind.FUTURE_TIME: is_future(rows.ts, self._now),
            DefectKind.NAN: np.full(len(rows), not sane),
        }
        rows = self._without(rows, bad)
        if not len(rows):
            return rows
        self._first, self._last = min(self._first, int(rows.ts.min())), max(self._last, int(rows.ts.max()))
        rows = self._tradable(rows)
        rows = self._without(rows, {DefectKind.CROSSED_QUOTE: rows.ask < rows.bid})
        return self._ordered(rows)

    def finish(self) -> Findings:
        """Return what was found."""
        first, last = (self._first, self._last) if self._first <= self._last else (0, 0)
        findings = Findings(self._rows, int(first), int(last), ())
        for kind, counter in self._counters.items():
            findings = findings.joined(counter.defect(kind, Severity.REFUSE, _SENTENCES[kind]))
        return findings

    def _tradable(self, rows: ChainRows) -> ChainRows:
        out = np.zeros(len(rows), np.bool_)
        reasons = {
            "quoted after its expiry": rows.ts > self._closes(rows.expiry),
            "no ask": ~((rows.ask > 0) & np.isfinite(rows.ask)),
            "no bid of a tick or more": ~((rows.bid >= self._tick * (1 - 1e-9)) & np.isfinite(rows.bid)),
        }
        for reason, mask in reasons.items():
            if count := int((mask & ~out).sum()):
                self.skipped[reason] += count
            out |= mask
        return rows.take(~out) if out.any() else rows

    def _without(self, rows: ChainRows, bad: Mapping[DefectKind, BoolArray]) -> ChainRows:
        out = np.zeros(len(rows), np.bool_)
        for kind, mask in bad.items():
            if mask.any():
                self._note(kind, rows, np.flatnonzero(mask))
                if self._policy is not OnDefect.KEEP or kind in _UNSTORABLE:
                    out |= mask
        return rows.take(~out) if out.any() else rows

    def _ordered(self, rows: ChainRows) -> ChainRows:
        if np.any(np.diff(rows.ts) < 0):
            late = rows.ts[1:] < np.maximum.accumulate(rows.ts)[:-1]
            self._note(DefectKind.OUT_OF_ORDER, rows, np.flatnonzero(late) + 1)
            rows = rows.take(np.argsort(rows.ts, kind="stable"))
        again = np.flatnonzero(np.diff(rows.ts) == 0)
        if not len(again):
            return rows
        same = (rows.bid[again] == rows.bid[again + 1]) & (rows.ask[again] == rows.ask[again + 1])
        for kind, index in ((DefectKind.DUPLICATE_SAME, again[same]), (DefectKind.DUPLICATE_CONFLICTING, again[~same])):
            if len(index):
                self._note(kind, rows, index + 1)
        if self._policy is OnDefect.KEEP:
            return rows
        kept = np.ones(len(rows), np.bool_)
        kept[again] = False
        return rows.take(kept)

    def _note(self, kind: DefectKind, rows: ChainRows, index: Ints) -> None:
        where = index[np.argmin(rows.row[index])]
        ts = int(suspected_times(rows.ts[[where]])[0])
        self._counters.setdefault(kind, DefectCounter()).add(len(index), int(rows.row[where]), ts)

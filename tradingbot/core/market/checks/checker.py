# file: core/market/checks/checker.py
"""Data checker: run all checks over a file, chunk by chunk, before any of it is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.clocks import UTC_CLOCK, Clock
from tradingbot.core.market.calendars.sessions import CONTINUOUS, Session
from tradingbot.core.market.checks.defects import Defect, DefectKind, Findings, Rows, Severity
from tradingbot.core.market.checks.funding import FundingTerms, RateUnitChecks, SettlementChecks
from tradingbot.core.market.checks.levels import LevelChecks
from tradingbot.core.market.checks.order import OrderChecks, is_absurd
from tradingbot.core.market.checks.spacing import SpacingChecks
from tradingbot.core.market.checks.spikes import SpikeChecks, StaleChecks
from tradingbot.core.market.checks.timezone import TimezoneChecks, repeated_hour_defects
from tradingbot.core.market.checks.values import ValueChecks
from tradingbot.core.market.chunks import Chunk, stamps
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.decimals import Precisions
from tradingbot.core.market.instruments.listings import Listing
from tradingbot.core.market.series import Step


def checker(
    listing: Listing,
    kind: Kind,
    step: Step | None,
    now_ns: int,
    clock: Clock = UTC_CLOCK,
    funding: FundingTerms | None = None,
    asked: bool = False,
) -> Checker:
    """Return the checks of an instrument's data, read by `clock`: price step, hours, decimals, interval of funding."""
    instrument = listing.instrument
    precisions = Precisions(instrument.price_precision, instrument.size_precision)
    known = funding or FundingTerms()
    known = replace(known, interval=listing.funding_minutes or known.interval)
    return Checker(
        kind, step, float(instrument.price_increment), listing.session, now_ns, precisions, clock, known, asked
    )


class Checker:
    """Look at every row of one file once; how the file is cut into chunks never changes the findings.

    `step` is the bar length (needed for bars, spacing of marks is not judged without it), `tick` the instrument's price
    step, `session` its trading hours (None: it never closes), `now_ns` the present, `precisions` the decimals by which
    the engine's largest numbers are known (None: they are not judged), `clock` what the stamps were read from,
    `funding` what is known of a series of funding, `asked` whether a venue was asked for each bar.

    Raises BadInput when `kind` is bars and there is no `step`.
    """

    def __init__(
        self,
        kind: Kind,
        step: Step | None,
        tick: float | None,
        session: Session | None,
        now_ns: int,
        precisions: Precisions | None = None,
        clock: Clock = UTC_CLOCK,
        funding: FundingTerms | None = None,
        asked: bool = False,
    ) -> None:
        if kind is Kind.BARS and step is None:
            raise BadInput("the bar length cannot be told from the spacing of the rows; name it with --bar")
        session = session or CONTINUOUS
        step = step if kind in (Kind.BARS, Kind.MARKS) else None
        known = funding or FundingTerms()
        self._clock = clock
        self._length = step.ns if step is not None else 0
        self._order = OrderChecks(kind, now_ns)
        self._spacing = SpacingChecks(step, session, asked) if step is not None else None
        self._timezone = TimezoneChecks(session, self._length, clock)
        self._others = (
            SettlementChecks(known.interval, known.period),
            RateUnitChecks(known.unit_known, known.held),
            ValueChecks(tick, precisions),
            SpikeChecks(),
            StaleChecks(),
            LevelChecks(),
        )
        self._rows = 0
        self._first = np.iinfo(np.int64).max
        self._last = np.iinfo(np.int64).min

    def feed(self, chunk: Chunk) -> None:
        """Look at the next rows."""
        rows = Rows(chunk, stamps(chunk), self._rows)
        if not len(rows.ts):
            return
        self._rows += len(rows.ts)
        sane = rows.ts[~is_absurd(rows.ts)]
        self._first = int(sane.min(initial=self._first))
        self._last = int(sane.max(initial=self._last))
        forward = self._order.feed(rows)
        if self._spacing is not None:
            self._spacing.feed(forward)
        self._timezone.feed(forward)
        for check in self._others:
            check.feed(rows)

    def finish(self) -> Findings:
        """Return what was found, refusals first; the checker is spent after it."""
        if not self._rows:
            nothing = Defect(DefectKind.EMPTY_FILE, Severity.REFUSE, 0, 0, 0, "there are no data rows")
            return Findings(0, 0, 0, (nothing,))
        defects = self._order.defects()
        if self._spacing is not None:
            defects += self._spacing.defects(self._rows, self._order.late_stamps())
        defects += self._timezone.defects() or repeated_hour_defects(*self._order.repeated(), self._length, self._clock)
        for check in self._others:
            defects += check.defects()
        first, last = (self._first, self._last) if self._first <= self._last else (0, 0)
        return Findings(self._rows, first, last, ()).joined(defects)

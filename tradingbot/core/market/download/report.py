# file: core/market/download/report.py
"""Download report: what was due, held, asked for and came, and every row that is missing, by its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tradingbot.core.market.catalog.origins import Interval
from tradingbot.core.market.checks.defects import moment
from tradingbot.core.market.importers.importreport import ImportReport, ImportResult, Outcome


@dataclass(frozen=True, slots=True)
class DownloadReport:
    """Tell how a download ended. Rows that were refused are those of the last window; all before it are stored.

    `due` rows are in the period `first` to `last` (UTC ns; 0 and 0 where nothing is due), `held` of them were in the
    catalog or known to be missing at the venue, `asked` were asked for and `came`; `missing` are those that did not,
    asked for twice. `windows` are the results of the import of each.
    """

    venue: str
    endpoint: str
    catalog: str
    instrument: str
    kind: str
    step: str
    first: int
    last: int
    due: int
    asked: int
    came: int
    missing: tuple[Interval, ...]
    missing_rows: int
    windows: tuple[ImportResult, ...]
    notes: tuple[str, ...] = field(default=())
    seconds: float = 0.0

    @property
    def held(self) -> int:
        """Rows that did not have to be asked for."""
        return self.due - self.asked

    @property
    def imports(self) -> list[ImportReport]:
        """The windows as imports of their own."""
        return [
            ImportReport(self.endpoint, self.catalog, self.instrument, self.kind, taken, 0.0) for taken in self.windows
        ]

    @property
    def new_rows(self) -> int:
        """Rows that the catalog did not have."""
        return sum(each.new_rows for each in self.imports)

    @property
    def outcome(self) -> Outcome:
        """How it ended; refused where the last window was."""
        if self.refusal:
            return Outcome.REFUSED
        return Outcome.IMPORTED if self.new_rows else Outcome.UNCHANGED

    @property
    def refusal(self) -> str:
        """Why the last window was not stored and what would help, empty where it was."""
        if not self.windows or not (why := self.imports[-1].refusal):
            return ""
        bad = self.windows[-1].findings
        before = f"{self.new_rows:,} rows before it are stored" if self.new_rows else "nothing is stored"
        return f"{self.instrument} {self.kind}: {why} ({moment(bad.first_ts)} to {moment(bad.last_ts)}; {before})"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; times as text."""
        told = [each.as_dict() for each in self.imports]
        return {
            "venue": self.venue,
            "endpoint": self.endpoint,
            "catalog": self.catalog,
            "instrument": self.instrument,
            "kind": self.kind,
            "bar": self.step,
            "outcome": str(self.outcome),
            "first": moment(self.first) if self.due else None,
            "last": moment(self.last) if self.due else None,
            "due": self.due,
            "held": self.held,
            "asked": self.asked,
            "came": self.came,
            "missing_rows": self.missing_rows,
            "missing": [[moment(first), moment(last)] for first, last in self.missing],
            "new_rows": self.new_rows,
            "defects": [defect for each in told for defect in each["defects"]],
            "repaired": [each["repaired"] for each in told if each["repaired"]],
            "skipped": [each["skipped"] for each in told if each["skipped"]],
            "notes": list(dict.fromkeys([*self.notes, *(note for each in told for note in each["notes"])])),
            "error": self.refusal,
            "seconds": round(self.seconds, 3),
        }

# file: core/market/importers/importreport.py
"""Import report: what became of a file that was to be imported, and what helps where it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from tradingbot.core.market.checks.defects import KEEPABLE, Defect, DefectKind, Findings, moment


class OnDefect(StrEnum):
    """What a person wants done about defects."""

    REFUSE = "refuse"
    REPAIR = "repair"
    KEEP = "keep"


class Outcome(StrEnum):
    """How an import ended."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was found in a file and done with its rows; when `refused`, nothing was written.

    `added` counts new rows per series. `left` are the defects that a repair could not mend. `repaired` counts rows per
    repair, `skipped` rows left out per reason. `notes` are the assumptions a person should know.
    """

    format: str
    step: str
    findings: Findings
    refused: bool
    added: Mapping[str, int] = field(default_factory=dict)
    left: tuple[Defect, ...] = ()
    repaired: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Tell how the import of one file ended; when it was refused the catalog is as it was before."""

    path: str
    catalog: str
    instrument: str
    kind: str
    taken: ImportResult
    seconds: float

    @property
    def outcome(self) -> Outcome:
        """How it ended: an import that leaves every row out is refused too."""
        all_left_out = 0 < self.taken.findings.rows <= sum(self.taken.skipped.values()) and not self.new_rows
        if self.taken.refused or all_left_out:
            return Outcome.REFUSED
        return Outcome.IMPORTED if self.new_rows else Outcome.UNCHANGED

    @property
    def new_rows(self) -> int:
        """Rows, over all series, that the catalog did not have."""
        return sum(self.taken.added.values())

    @property
    def refusal(self) -> str:
        """One sentence on why nothing was imported and what would help, empty when the import was not refused."""
        if self.outcome is not Outcome.REFUSED:
            return ""
        if not self.taken.refused:
            reasons = "; ".join(f"{rows} for {reason}" for reason, rows in self.taken.skipped.items())
            return f"{self.path}: nothing was imported: every row was left out, {reasons}"
        bad = self.taken.left or self.taken.findings.refusals
        names = ", ".join(f"{defect.kind} x {defect.count}" for defect in bad)
        return f"{self.path}: refused for {names}; nothing was imported. {_way_out(bad, bool(self.taken.left))}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; times as text."""
        taken, findings = self.taken, self.taken.findings
        return {
            "path": self.path,
            "catalog": self.catalog,
            "instrument": self.instrument,
            "kind": self.kind,
            "outcome": str(self.outcome),
            "format": taken.format,
            "bar": taken.step,
            "rows": findings.rows,
            "first": moment(findings.first_ts) if findings.rows else None,
            "last": moment(findings.last_ts) if findings.rows else None,
            "new_rows": self.new_rows,
            "series": dict(taken.added),
            "defects": [defect_dict(defect) for defect in findings.defects],
            "left_after_repair": [defect_dict(defect) for defect in taken.left],
            "repaired": dict(taken.repaired),
            "skipped": dict(taken.skipped),
            "notes": list(taken.notes),
            "error": self.refusal,
            "seconds": round(self.seconds, 3),
        }


def _way_out(bad: tuple[Defect, ...], repaired: bool) -> str:
    """Say what helps: to keep the rows only where that files nothing wrongly, else the remedy of each defect."""
    if any(defect.kind is DefectKind.EMPTY_FILE for defect in bad):
        return "The repair drops every row" if repaired else "There is nothing in it"
    if all(defect.repair for defect in bad) and not repaired:
        return "--on-defect repair mends it"
    if all(defect.kind in KEEPABLE for defect in bad):
        return "Repair cannot mend that; --on-defect keep imports it as it is"
    first = "; ".join(
        f"{defect.kind}, first at row {defect.first_row}, {moment(defect.first_time)}: {defect.sentence}"
        for defect in bad
        if not defect.repair or repaired
    )
    return f"Repair cannot mend {first}"


def defect_dict(defect: Defect) -> dict[str, Any]:
    """Return a defect as plain values for JSON; the time as text."""
    return asdict(defect) | {
        "kind": str(defect.kind),
        "severity": str(defect.severity),
        "first_time": moment(defect.first_time),
    }

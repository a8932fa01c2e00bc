# file: operations/audit/query.py
"""Read, verify and export the audit log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.storage.atomicfile import create, sync_folder
from tradingbot.core.storage.hashchain import GENESIS
from tradingbot.core.time import to_iso
from tradingbot.operations.audit.entry import Entry
from tradingbot.operations.audit.log import audit_log


@dataclass(frozen=True, slots=True)
class AuditedCommand:
    """A command and its answer; None when a crash cut it off, or while it is under way."""

    command: Entry
    answer: Entry | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return row_dict(self.command) | {"answer": None if self.answer is None else row_dict(self.answer)}


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """A log that is what was written: how many rows, which commands have no answer, the digest of the last row."""

    path: Path
    rows: int
    unanswered: tuple[int, ...]
    head: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        known = {"audit": str(self.path), "rows": self.rows, "unanswered": list(self.unanswered)}
        return known | {"head": self.head}


def recent_commands(last: int) -> list[AuditedCommand]:
    """Return the last commands, at most `last` of them, oldest first, after checking the whole log.

    Raises BadInput when `last` is not at least 1; LedgerTampered: At the first row that does not fit.
    """
    if last < 1:
        raise BadInput(f"--last was {last}, allowed is 1 or more")
    return _asked(audit_log().rows())[-last:]


def verify_log() -> AuditCheck:
    """Check every row, the mark of the last one and the key.

    Raises LedgerTampered: At the first row that does not fit.
    """
    log = audit_log()
    rows = log.rows()
    unanswered = tuple(item.command.number for item in _asked(rows) if item.answer is None)
    return AuditCheck(log.path, len(rows), unanswered, rows[-1].hmac if rows else GENESIS)


def export(path: Path) -> int:
    """Write every row as a JSON line to `path`, the whole log or nothing, after checking it; return how many rows.

    Raises BadInput when something is at `path` already; LedgerTampered: At the first row that does not fit; RunFailed
    when the file cannot be written.
    """
    rows = audit_log().rows()
    text = "".join(json.dumps(row_dict(row)) + "\n" for row in rows)
    try:
        made = create(path, text.encode())
        sync_folder(path.parent)
    except OSError as error:
        raise RunFailed(f"{path} was not written: {error.strerror}") from error
    if not made:
        raise BadInput(f"{path} is there already; nothing was written, name a file that is not")
    return len(rows)


def row_dict(row: Entry) -> dict[str, Any]:
    """Return a row as plain values for JSON; `when_ns` and the texts are what its `hmac` covers."""
    asked = row.command
    return {
        "number": row.number,
        "when": to_iso(row.when_ns),
        "when_ns": row.when_ns,
        "operator": asked.operator,
        "verb": asked.verb,
        "target": asked.target,
        "reason": asked.reason,
        "face": asked.face.value,
        "answers": row.answers,
        "outcome": row.outcome.value if row.outcome else "",
        "sentence": row.sentence,
        "hmac": row.hmac,
    }


def _asked(rows: list[Entry]) -> list[AuditedCommand]:
    answers = {row.answers: row for row in rows if row.outcome is not None}
    return [AuditedCommand(row, answers.get(row.number)) for row in rows if row.outcome is None]

# file: tests/operations/audit/testquery.py
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.operations.audit.samples import PROMOTE, fill
from tradingbot.core.errors import BadInput, LedgerTampered, RunFailed
from tradingbot.operations.audit import query as door
from tradingbot.operations.audit.log import AuditLog, audit_log


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def log() -> AuditLog:
    fill(audit_log())
    return audit_log()


def test_nothing_commanded_is_nothing_to_show_and_no_file(home: Path) -> None:
    assert door.recent_commands(5) == []
    found = door.verify_log()
    assert (found.rows, found.unanswered, found.head) == (0, (), "0" * 64)
    assert list(home.iterdir()) == []


def test_the_last_commands_are_shown_with_their_answers(log: AuditLog) -> None:
    found = door.recent_commands(3)
    assert [(item.command.command.verb, item.command.number) for item in found] == [
        ("resume", 3), ("promote", 5), ("promote", 7),
    ]  # fmt: skip
    assert [item.answer and item.answer.number for item in found] == [4, 6, None]
    assert len(door.recent_commands(100)) == 4
    with pytest.raises(BadInput, match=r"^--last was 0, allowed is 1 or more$"):
        door.recent_commands(0)


def test_a_check_tells_rows_unanswered_commands_and_the_chain_s_end(log: AuditLog, home: Path) -> None:
    found = door.verify_log()
    assert found.to_dict() == {
        "audit": str(home / "state" / "audit.db"), "rows": 7, "unanswered": [7], "head": log.rows()[-1].hmac,
    }  # fmt: skip


def test_an_export_holds_every_row(log: AuditLog, home: Path) -> None:
    path = home / "audit.jsonl"
    assert door.export(path) == 7
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows == [door.row_dict(row) for row in log.rows()]
    assert rows[0] | {"hmac": ""} == {
        "number": 1, "when": "1970-01-01T00:00:00.000000005Z", "when_ns": 5, "operator": "ann", "verb": "kill",
        "target": "forex", "reason": "spread 14 pips", "face": "cli", "answers": 0, "outcome": "", "sentence": "",
        "hmac": "",
    }  # fmt: skip
    assert [row["answers"] for row in rows] == [0, 1, 0, 3, 0, 5, 0]
    assert rows[3]["outcome"] == "done"


def test_an_export_takes_no_file_s_place(log: AuditLog, home: Path) -> None:
    path = home / "audit.jsonl"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match=r"audit.jsonl is there already; nothing was written, name a file that is not$"):
        door.export(path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_an_export_that_cannot_be_written_leaves_nothing(log: AuditLog, home: Path) -> None:
    with pytest.raises(RunFailed, match=r"audit.jsonl was not written: No such file or directory$"):
        door.export(home / "nowhere" / "audit.jsonl")


def test_a_log_that_was_changed_is_neither_shown_nor_exported(log: AuditLog, home: Path) -> None:
    before = log.head.read_bytes()
    log.begin(PROMOTE)
    log.head.write_bytes(before.replace(b"7", b"8", 1))
    for look in (lambda: door.recent_commands(5), door.verify_log, lambda: door.export(home / "audit.jsonl")):
        with pytest.raises(LedgerTampered, match=r"audit.head was changed"):
            look()
    assert not (home / "audit.jsonl").exists()

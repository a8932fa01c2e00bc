# file: tests/cli/testaudit.py
from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.clirunner import Program
from tests.operations.audit.samples import fill
from tradingbot.core.errors import LedgerTampered
from tradingbot.operations.audit.log import LAYOUT, AuditLog, audit_log


@pytest.fixture
def log() -> AuditLog:
    fill(audit_log())
    return audit_log()


def test_an_installation_without_commands_says_so(program: Program, home: Path) -> None:
    assert program("audit", "show") == "Nothing was commanded yet\n"
    path = home / "state" / "audit.db"
    assert program("audit", "verify") == f"Nothing was commanded yet; the audit log will be {path}\n"
    assert not path.exists()


def test_show_tells_who_asked_for_what_and_what_came_of_it(program: Program, log: AuditLog) -> None:
    shown = program("audit", "show")
    assert max(map(len, shown.splitlines())) <= 100
    words = " ".join(shown.split())
    for part in (
        "1970-01-01 00:00:00",
        "ann kill forex [v] done spread 14 pips",
        "-> forex is killed",
        "[-] refused -> trend-1",
        "[?] no answer -> cut off",
    ):
        assert part in words
    assert program("audit", "show", "--last", "1").count("promote") == 1


def test_show_answers_in_json(program: Program, log: AuditLog) -> None:
    found = json.loads(program("audit", "show", "--last", "2", "--json"))["commands"]
    assert [(row["number"], row["verb"], row["face"]) for row in found] == [
        (5, "promote", "cli"),
        (7, "promote", "cli"),
    ]
    assert found[0]["answer"]["sentence"] == "trend-1 is demoted and cannot become promoted"
    assert found[1]["answer"] is None


def test_verify_tells_the_chain_s_end_and_what_has_no_answer(program: Program, log: AuditLog) -> None:
    head = log.rows()[-1].hmac
    assert program("audit", "verify") == (
        f"7 rows, hash chain verified; it ends with {head}\n"
        "note: no answer to row 7: cut off by a crash, or under way\n"
    )
    assert json.loads(program("audit", "verify", "--json"))["head"] == head


def test_verify_ends_with_code_3_at_the_first_row_that_does_not_fit(program: Program, log: AuditLog) -> None:
    with closing(sqlite3.connect(log.path)) as file, file:
        file.execute("DROP TRIGGER noupdate")
        file.execute("UPDATE entries SET operator = 'eve' WHERE number >= 4")
        file.execute(LAYOUT.schema["noupdate"])
    with pytest.raises(LedgerTampered) as refused:
        program("audit", "verify")
    assert refused.value.exit_code == 3
    assert str(refused.value) == f"{log.path}: row 4 is not what was written after row 3"


def test_export_says_how_many_rows_it_wrote(program: Program, log: AuditLog, home: Path) -> None:
    assert program("audit", "export", str(home / "a.jsonl")) == f"7 rows were written to {home / 'a.jsonl'}\n"
    said = json.loads(program("audit", "export", str(home / "b.jsonl"), "--json"))
    assert said == {"file": str(home / "b.jsonl"), "rows": 7}
    assert (home / "a.jsonl").read_bytes() == (home / "b.jsonl").read_bytes()


def test_the_verbs_are_heard_of_without_their_weight() -> None:
    script = (
        "import sys\n"
        "import tradingbot.cli.audit, tradingbot.operations.killswitch\n"
        "heavy = {'sqlite3', 'rich.table', 'numpy', 'cryptography', 'nautilus_trader'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

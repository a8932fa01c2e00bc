# file: tests/operations/testtrials.py
"""Who spent how many trials, read from a checked ledger."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.core.experiments.testtrials import DAY, trial
from tradingbot.cli.app import app
from tradingbot.core.errors import BadInput, LedgerTampered
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.messages.candidateview import SpentRow, TrialTotals
from tradingbot.operations import trials as door


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrialLedger:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return TrialLedger(tmp_path / "state" / "trials.db")


def test_an_empty_ledger_tells_of_nothing(ledger: TrialLedger) -> None:
    assert door.spending() == door.totals() == TrialTotals(0, 0, "0" * 64, True, "", ())
    assert door.trials() == ()
    assert not ledger.path.parent.exists()


def test_trials_are_summed_by_person_strategy_and_assets(ledger: TrialLedger) -> None:
    others: list[dict[str, Any]] = [
        {},
        {},
        {"purpose": "search", "end": 200 * DAY},
        {"who": "bob"},
        {"assets": ("ETH",)},
    ]
    for number, fields in enumerate(others, start=1):
        ledger.record(trial(1 if number < 3 else number, **fields), number * DAY)
    found = door.spending()
    assert (found.recorded, found.distinct) == (5, 4)
    first = found.spent[0]
    assert (first.who, first.assets, first.recorded, first.distinct) == ("ann", ("BTC",), 3, 2)
    assert first.purposes == (("backtest", 2), ("search", 1))
    assert (first.start, first.end[:10]) == ("1970-01-01T00:00:00Z", "1970-07-20")
    assert [item.who for item in found.spent] == ["ann", "bob", "ann"]
    only = door.spending("ETH")
    assert (only.recorded, len(only.spent), only.head) == (1, 1, found.head)


def test_a_tampered_ledger_is_not_read_out(ledger: TrialLedger) -> None:
    ledger.record(trial(), 1)
    ledger.path.unlink()
    with pytest.raises(LedgerTampered):
        door.spending()


def test_the_verb_prints_a_table_and_the_chains_end(ledger: TrialLedger) -> None:
    ledger.record(trial(who="[red]ann"), 1)
    shown = CliRunner().invoke(app, ["trials"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert "[red]ann" in shown.output
    assert "1 trials on record, 1 distinct; ledger hash" in " ".join(shown.output.split())


def test_the_verb_prints_one_json_object(ledger: TrialLedger) -> None:
    row = ledger.record(trial(), 1)
    shown = CliRunner().invoke(app, ["trials", "--json", "--asset", "BTC"])
    found = json.loads(shown.output)
    assert (found["recorded"], found["head"]) == (1, row.digest)
    assert found["spent"][0]["assets"] == ["BTC"]


def test_the_last_trials_come_newest_first(ledger: TrialLedger) -> None:
    for number in range(1, 6):
        ledger.record(trial(number, parent="trend-1" if number == 5 else ""), number * DAY)
    newest = door.trials(2)
    assert [(row.number, row.recorded, row.label) for row in newest] == [(5, 5 * DAY, "run 5"), (4, 4 * DAY, "run 4")]
    row = newest[0]
    assert (row.who, row.purpose, row.strategy, row.lane, row.assets, row.bar, row.trades, row.parent) == (
        "ann", "backtest", "strategies.trendfollow:TrendFollow", "cryptofutures", ("BTC",), "5m", 7, "trend-1",
    )  # fmt: skip
    assert (row.start, row.end) == (0, 100 * DAY)
    assert len(door.trials()) == 5


@pytest.mark.parametrize("last", [0, -1])
def test_no_trials_at_all_cannot_be_asked_for(last: int) -> None:
    with pytest.raises(BadInput, match=f"^last was {last}, allowed is 1 or more$"):
        door.trials(last)


def test_who_spent_how_many_on_what_is_summed_and_checked(ledger: TrialLedger) -> None:
    others: list[dict[str, Any]] = [{}, {}, {"purpose": "search"}, {"who": "bob"}]
    for number, fields in enumerate(others, start=1):
        row = ledger.record(trial(1 if number < 3 else number, **fields), number * DAY)
    found = door.totals()
    assert (found.recorded, found.distinct, found.head, found.verified, found.trouble) == (4, 3, row.digest, True, "")
    assert found.spent[0] == SpentRow(
        "ann", "strategies.trendfollow:TrendFollow", ("BTC",), "1970-01-01T00:00:00Z", "1970-04-11T00:00:00Z",
        3, 2, (("backtest", 2), ("search", 1)), "1970-01-02T00:00:00Z", "1970-01-04T00:00:00Z",
    )  # fmt: skip
    assert [item.who for item in found.spent] == ["ann", "bob"]


def test_a_trial_that_is_added_is_seen_and_an_unchanged_ledger_is_not_read_again(
    ledger: TrialLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[TrialLedger] = []
    read = TrialLedger.rows

    def counted(self: TrialLedger) -> list[Any]:
        reads.append(self)
        return read(self)

    monkeypatch.setattr(TrialLedger, "rows", counted)
    ledger.record(trial(1), DAY)
    for _ in range(3):
        assert (len(door.trials()), door.totals().recorded) == (1, 1)
    assert len(reads) == 1
    ledger.record(trial(2), DAY)
    assert (len(door.trials()), door.totals().recorded, len(reads)) == (2, 2, 2)


def test_a_ledger_that_was_changed_is_told_and_its_trials_are_not(ledger: TrialLedger) -> None:
    ledger.record(trial(1), DAY)
    assert door.totals().verified
    with closing(sqlite3.connect(ledger.path)) as file, file:
        file.execute("DROP TRIGGER noupdate")
        file.execute("UPDATE trials SET who = 'eve'")
    found = door.totals()
    assert (found.recorded, found.verified, found.spent) == (0, False, ())
    assert found.trouble.endswith("noupdate was changed, added or removed")
    with pytest.raises(LedgerTampered, match=r"noupdate was changed"):
        door.trials()

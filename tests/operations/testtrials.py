# file: tests/operations/testtrials.py
"""Who spent how many trials, read from a checked ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.core.experiments.trials.testledger import DAY, trial
from tradingbot.cli.app import app
from tradingbot.core.errors import LedgerTampered
from tradingbot.core.experiments.trials.ledger import TrialLedger
from tradingbot.operations import trials as door


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrialLedger:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return TrialLedger(tmp_path / "state" / "trials.db")


def test_an_empty_ledger_tells_of_nothing(ledger: TrialLedger) -> None:
    found = door.spending()
    assert (found.recorded, found.distinct, found.head, found.spent) == (0, 0, "0" * 64, ())


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
    assert first.purposes == {"backtest": 2, "search": 1}
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

# file: tests/operations/testlineage.py
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.core.experiments.trials.testledger import trial
from tests.core.registry.samples import DAY, HEAD, NOW, PARTS, STRATEGY, install
from tradingbot import promote as door
from tradingbot.core.errors import BadInput, LedgerTampered, PolicyRefused
from tradingbot.core.experiments.trials.ledger import TrialLedger
from tradingbot.core.lane import Lane
from tradingbot.core.messages.candidateview import RegistryRow, SpentRow, TrialTotals
from tradingbot.operations import lineage

UNTIL = NOW + 90 * DAY


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    monkeypatch.setattr("time.time_ns", lambda: NOW + DAY)
    return tmp_path


@pytest.fixture
def ledger(home: Path) -> TrialLedger:
    return TrialLedger(home / "state" / "trials.db")


def promote() -> None:
    door.promote("trend-1", "ann", "sound", NOW + DAY, lambda _certificate: PARTS, lambda: {HEAD})


def test_a_home_as_it_comes_has_no_candidates_and_no_trials(home: Path) -> None:
    assert lineage.registry() == ()
    assert lineage.trials() == ()
    assert lineage.totals() == TrialTotals(0, 0, "0" * 64, True, "", ())
    assert list(home.iterdir()) == []


def test_a_candidate_is_told_with_its_certificate_and_what_may_become_of_it(home: Path) -> None:
    install(home)
    (row,) = lineage.registry()
    assert row == RegistryRow(
        "trend-1", "validated", NOW, "ann", "why", STRATEGY, Lane.FOREX, "run-1", UNTIL, True, ("promoted", "retired")
    )
    promote()
    (row,) = lineage.registry()
    assert (row.state, row.who, row.why, row.since, row.ways) == (
        "promoted", "ann", "sound", NOW + DAY, ("demoted", "retired"),
    )  # fmt: skip


def test_one_without_a_certificate_has_none_to_tell(home: Path) -> None:
    install(home)
    promote()
    door.demote("trend-1", "bob", "losses", NOW + DAY)
    (row,) = lineage.registry()
    assert (row.state, row.run, row.certificate_until, row.certificate_good, row.ways) == (
        "demoted", "", None, False, ("retired",),
    )  # fmt: skip
    door.retire("trend-1", "bob", "enough", NOW + DAY)
    assert lineage.registry()[0].ways == ()


@pytest.mark.parametrize(("now", "good"), [(NOW - 1, False), (NOW, True), (UNTIL - 1, True), (UNTIL, False)])
def test_a_certificate_is_good_for_its_time(home: Path, monkeypatch: pytest.MonkeyPatch, now: int, good: bool) -> None:
    install(home)
    monkeypatch.setattr("time.time_ns", lambda: now)
    assert lineage.registry()[0].certificate_good is good


def test_the_changes_of_a_candidate_come_newest_first(home: Path) -> None:
    install(home)
    promote()
    assert [row.state for row in lineage.history("trend-1")] == ["promoted", "validated", "candidate"]
    assert [row.certificate_good for row in lineage.history("trend-1")] == [True, True, False]
    with pytest.raises(PolicyRefused, match=r"known: trend-1$"):
        lineage.history("x")


def test_a_registry_that_was_changed_is_not_told(home: Path) -> None:
    install(home)
    with closing(sqlite3.connect(door.registry_path())) as file, file:
        file.execute("DROP TRIGGER noupdate")
    for look in (lineage.registry, lambda: lineage.history("trend-1")):
        with pytest.raises(LedgerTampered):
            look()


def test_the_last_trials_come_newest_first(ledger: TrialLedger) -> None:
    for number in range(1, 6):
        ledger.record(trial(number, parent="trend-1" if number == 5 else ""), number * DAY)
    newest = lineage.trials(2)
    assert [(row.number, row.recorded, row.label) for row in newest] == [(5, 5 * DAY, "run 5"), (4, 4 * DAY, "run 4")]
    row = newest[0]
    assert (row.who, row.purpose, row.strategy, row.lane, row.assets, row.bar, row.trades, row.parent) == (
        "ann", "backtest", "strategies.trendfollow:TrendFollow", "cryptofutures", ("BTC",), "5m", 7, "trend-1",
    )  # fmt: skip
    assert (row.start, row.end) == (0, 100 * DAY)
    assert len(lineage.trials()) == 5


@pytest.mark.parametrize("last", [0, -1])
def test_no_trials_at_all_cannot_be_asked_for(last: int) -> None:
    with pytest.raises(BadInput, match=f"^last was {last}, allowed is 1 or more$"):
        lineage.trials(last)


def test_who_spent_how_many_on_what_is_summed_and_checked(ledger: TrialLedger) -> None:
    others: list[dict[str, Any]] = [{}, {}, {"purpose": "search"}, {"who": "bob"}]
    for number, fields in enumerate(others, start=1):
        row = ledger.record(trial(1 if number < 3 else number, **fields), number * DAY)
    found = lineage.totals()
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
        assert (len(lineage.trials()), lineage.totals().recorded) == (1, 1)
    assert len(reads) == 1
    ledger.record(trial(2), DAY)
    assert (len(lineage.trials()), lineage.totals().recorded, len(reads)) == (2, 2, 2)


def test_a_ledger_that_was_changed_is_told_and_its_trials_are_not(ledger: TrialLedger) -> None:
    ledger.record(trial(1), DAY)
    assert lineage.totals().verified
    with closing(sqlite3.connect(ledger.path)) as file, file:
        file.execute("DROP TRIGGER noupdate")
        file.execute("UPDATE trials SET who = 'eve'")
    found = lineage.totals()
    assert (found.recorded, found.verified, found.spent) == (0, False, ())
    assert found.trouble.endswith("noupdate was changed, added or removed")
    with pytest.raises(LedgerTampered, match=r"noupdate was changed"):
        lineage.trials()

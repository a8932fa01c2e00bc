# file: tests/core/runtime/testdecisions.py
from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.execution.record import LaneEvent
from tradingbot.core.lane import Lane, Stage
from tradingbot.core.messages.approval import Approved, Cut, Refused
from tradingbot.core.messages.intent import Intent, Side, Strength
from tradingbot.core.risk.view import RiskView, Terms
from tradingbot.core.runtime.decisions import Decision, DecisionFill, IntentCounts, refused_share_warning, write_journal

_YES = Approved("A1", "S", (), Decimal(2), None, None, 0)


def _no(rule: str) -> Refused:
    return Refused("S", "I", 0, rule, "2", "1", "I: no")


def _less(rule: str) -> Approved:
    cut = Cut("S", "I", 0, rule, "2", "1", Decimal(2), Decimal(1), "I: less")
    return Approved("A1", "S", (), Decimal(1), None, None, 0, cut=cut)


def test_each_intent_counts_once_and_by_its_rule() -> None:
    answers: list[Approved | Refused] = [
        _no("warming_up"),
        _YES, _no("daily_loss"), _less("asset_exposure"), _no("solvent"), _less("asset_exposure"), _no("solvent"),
    ]  # fmt: skip
    assert IntentCounts.of(answers).to_dict() == {
        "proposed": 6, "refused": 3, "cut": 2, "share": 5 / 6,
        "refused_by_rule": {"solvent": 2, "daily_loss": 1}, "cut_by_rule": {"asset_exposure": 2},
    }  # fmt: skip


def test_without_intents_there_is_no_share_and_nothing_to_warn_of() -> None:
    counts = IntentCounts.of([]).to_dict()
    assert counts["share"] is None
    assert refused_share_warning(counts) is None


@pytest.mark.parametrize(("stopped", "warned"), [(0, False), (4, False), (5, True), (100, True)])
def test_it_warns_from_a_twentieth_on(stopped: int, warned: bool) -> None:
    for answer in (_no("solvent"), _less("asset_exposure")):
        counts = IntentCounts.of([answer] * stopped + [_YES] * (100 - stopped))
        assert (refused_share_warning(counts.to_dict()) is not None) is warned


_INTENT = Intent(
    "Trend-000", "COIN.X", Side.LONG, Decimal(100), Decimal(98), None, Strength.STRONG, 1_735_689_600_000_000_000
)
_YES_JOURNAL = Approved("A1", "Trend-000", (("COIN.X", Side.LONG),), Decimal("2.50"), Decimal(98), None, 2**62)
_NO = Refused.of(_INTENT, "daily_loss", "350.00", "300.00", "today's closed trades lost 350.00")
_CUT = Cut("Trend-000", "COIN.X", _INTENT.ts, "asset_exposure", "500.00", "250.00", Decimal(5), Decimal("2.50"),
           "COIN.X: exposure of COIN would be 500.00, limit is 250.00; cut from 5 to 2.5")  # fmt: skip
_ONE = Decimal(1)
_TERMS = Terms("COIN.X", "COIN", _ONE, _ONE, _ONE, Decimal(0), _ONE, _ONE)
_VIEW = RiskView(
    ts=_INTENT.ts, lane=Lane.CRYPTOFUTURES, stage=Stage.BACKTEST, equity=Decimal("5000.01"), peak=Decimal(6000),
    realised_today=Decimal(-350), terms=_TERMS, correlations={"OTHER.X": None},
)  # fmt: skip


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    taken = Decision(
        _INTENT,
        _VIEW,
        _YES_JOURNAL,
        ["O-1"],
        [DecisionFill(_INTENT.ts + 1, "O-1", "COIN.X", "entry", Decimal("2.50"), Decimal("100.1"))],
    )
    path = write_journal(
        tmp_path / "logs" / "run.db",
        [taken, Decision(_INTENT, None, _NO), Decision(_INTENT, _VIEW, replace(_YES_JOURNAL, cut=_CUT))],
        [LaneEvent(5, "kill", "killed by ann: drill")],
    )

    def query(sql: str) -> list[Any]:
        database = sqlite3.connect(path)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    return query


def test_one_query_tells_why_a_trade_was_or_was_not_taken(ask: Any) -> None:
    assert ask("SELECT time, verdict, rule, was, \"limit\", sentence, quantity, wanted, orders FROM decisions") == [
        ("2025-01-01T00:00:00Z", "approved", None, None, None, "COIN.X: approved, 2.50", "2.50", None, "O-1"),
        ("2025-01-01T00:00:00Z", "refused", "daily_loss", "350.00", "300.00",
         "COIN.X: today's closed trades lost 350.00", None, None, ""),
        ("2025-01-01T00:00:00Z", "approved", "asset_exposure", "500.00", "250.00", _CUT.sentence, "2.50", "5", ""),
    ]  # fmt: skip


def test_what_the_desk_saw_is_kept_to_the_last_digit(ask: Any) -> None:
    ((seen,), (unseen,), _cut) = ask("SELECT view FROM decisions")
    assert json.loads(seen)["equity"] == "5000.01"
    assert json.loads(seen)["correlations"] == {"OTHER.X": None}
    assert unseen is None


def test_fills_and_events_are_there(ask: Any) -> None:
    assert ask("SELECT decision, role, quantity, price FROM fills") == [(1, "entry", "2.50", "100.1")]
    assert ask("SELECT kind, sentence FROM events") == [("kill", "killed by ann: drill")]


def test_a_new_run_replaces_the_whole_file(tmp_path: Path) -> None:
    for count in (3, 1):
        write_journal(tmp_path / "run.db", [Decision(_INTENT, None, _NO)] * count, [])
    database = sqlite3.connect(tmp_path / "run.db")
    assert database.execute("SELECT count(*) FROM decisions").fetchone() == (1,)
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["run.db"]

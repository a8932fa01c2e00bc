# file: tests/core/runtime/testjournal.py
from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.lane import Lane, Stage
from tradingbot.core.messages.answers import Approved, Cut, Refused
from tradingbot.core.messages.intent import Intent, Side, Strength
from tradingbot.core.portfolio.happening import Happening
from tradingbot.core.risk.view import RiskView, Terms
from tradingbot.core.runtime.decision import Decision, Filled
from tradingbot.core.runtime.journal import write_journal

_INTENT = Intent(
    "Trend-000", "COIN.X", Side.LONG, Decimal(100), Decimal(98), None, Strength.STRONG, 1_735_689_600_000_000_000
)
_YES = Approved("A1", "Trend-000", (("COIN.X", Side.LONG),), Decimal("2.50"), Decimal(98), None, 2**62)
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
        _YES,
        ["O-1"],
        [Filled(_INTENT.ts + 1, "O-1", "COIN.X", "entry", Decimal("2.50"), Decimal("100.1"))],
    )
    path = write_journal(
        tmp_path / "logs" / "run.db",
        [taken, Decision(_INTENT, None, _NO), Decision(_INTENT, _VIEW, replace(_YES, cut=_CUT))],
        [Happening(5, "kill", "killed by ann: drill")],
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

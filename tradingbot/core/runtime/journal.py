# file: core/runtime/journal.py
"""Every intent of a run in one SQLite file, so that one query tells why a trade was or was not taken."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from tradingbot.core.errors import RunFailed
from tradingbot.core.messages.answers import Approved, Refused
from tradingbot.core.messages.intent import Intent
from tradingbot.core.portfolio.happening import Happening
from tradingbot.core.portfolio.isotime import to_iso
from tradingbot.core.report.writing import beside
from tradingbot.core.risk.view import RiskView
from tradingbot.core.runtime.decision import Decision

__all__ = ["decision_row", "write_journal"]

_SCHEMA = """
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY, time TEXT NOT NULL, strategy TEXT NOT NULL, instrument TEXT NOT NULL, side TEXT,
    strength TEXT NOT NULL, price TEXT NOT NULL, stop TEXT, target TEXT, verdict TEXT NOT NULL, rule TEXT, was TEXT,
    "limit" TEXT, sentence TEXT NOT NULL, quantity TEXT, wanted TEXT, orders TEXT NOT NULL, view TEXT
) STRICT;
CREATE TABLE fills (
    decision INTEGER NOT NULL REFERENCES decisions (number), time TEXT NOT NULL, "order" TEXT NOT NULL,
    instrument TEXT NOT NULL, role TEXT NOT NULL, quantity TEXT NOT NULL, price TEXT NOT NULL
) STRICT;
CREATE TABLE events (time TEXT NOT NULL, kind TEXT NOT NULL, sentence TEXT NOT NULL) STRICT;
CREATE INDEX decisions_by_time ON decisions (time);
CREATE INDEX fills_by_decision ON fills (decision);
"""


def write_journal(path: Path, decisions: Iterable[Decision], happenings: Iterable[Happening]) -> Path:
    """Write `decisions`, their `fills` and the lane's `events`; replace `path` whole.

    A decision is what was wanted, known and answered. `rule`, `was` and `limit` are of the rule that refused it, or cut
    it from the quantity `wanted` to `quantity`. Amounts are exact decimals as text, times ISO-8601 with Z, `view`
    the facts the desk saw, as JSON.

    Raises
    ------
    RunFailed
        When it cannot be written.
    """
    part = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _fill(part, decisions, happenings)
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise RunFailed(f"{path} could not be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _fill(path: Path, decisions: Iterable[Decision], happenings: Iterable[Happening]) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(_SCHEMA)
        for number, decision in enumerate(decisions, start=1):
            row = decision_row(number, decision)
            database.execute(f"INSERT INTO decisions VALUES ({','.join('?' * len(row))})", row)  # noqa: S608
            fills = [
                (number, to_iso(fill.ts), fill.order, fill.instrument, fill.role, str(fill.signed), str(fill.price))
                for fill in decision.fills
            ]
            database.executemany("INSERT INTO fills VALUES (?, ?, ?, ?, ?, ?, ?)", fills)
        events = [(to_iso(item.ts), item.kind, item.sentence) for item in happenings]
        database.executemany("INSERT INTO events VALUES (?, ?, ?)", events)
        database.commit()


def decision_row(number: int, decision: Decision, called: Callable[[str], str] = str) -> tuple[Any, ...]:
    """Return a decision as a row of the table `decisions`; `called` names its orders."""
    intent, answer = decision.intent, decision.answer
    single = intent if isinstance(intent, Intent) else None
    head = (number, to_iso(intent.ts), intent.strategy, intent.instrument, None if single is None else str(single.side))
    guards = (None, None) if single is None else (_text(single.stop), _text(single.target))
    prices = (str(intent.price), *guards)
    view = None if decision.view is None else json.dumps(_facts(decision.view), sort_keys=True)
    return (
        *head, str(intent.strength), *prices, *_answered(intent.instrument, answer),
        " ".join(map(called, decision.orders)), view,
    )  # fmt: skip


def _answered(instrument: str, answer: Approved | Refused) -> tuple[str | None, ...]:
    """Return verdict, rule, was, limit, sentence, quantity and the quantity wanted."""
    if isinstance(answer, Refused):
        return "refused", answer.rule, answer.was, answer.limit, answer.sentence, None, None
    quantity, cut = str(answer.quantity), answer.cut
    if cut is None:
        return "approved", None, None, None, f"{instrument}: approved, {quantity}", quantity, None
    return "approved", cut.rule, cut.was, cut.limit, cut.sentence, quantity, str(cut.wanted)


def _facts(view: RiskView) -> dict[str, object]:
    return {
        "equity": str(view.equity),
        "peak": str(view.peak),
        "realised_today": str(view.realised_today),
        "spread": str(view.spread),
        "data_age_s": view.data_age / 1e9,
        "halted": view.halted,
        "exposures": [
            {"strategy": each.strategy, "instrument": each.instrument, "signed": str(each.signed)}
            | ({"reserved": str(each.reserved)} if each.reserved else {})
            for each in view.exposures
        ],
        "correlations": dict(view.correlations),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)

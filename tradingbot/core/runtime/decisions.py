# file: core/runtime/decisions.py
"""Decisions of a run: each intent with its answer, orders and fills, the counts by rule, and the SQLite journal."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tradingbot.core.errors import RunFailed
from tradingbot.core.execution.record import WARMING_UP, LaneEvent
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.view import RiskView
from tradingbot.core.storage.atomicfile import part_path
from tradingbot.core.storage.sqlite import connect, transaction
from tradingbot.core.time import to_iso


@dataclass(frozen=True, slots=True)
class DecisionFill:
    """A fill of one of a decision's orders, entering or leaving; `signed` is negative for a sale."""

    ts: int
    order: str
    instrument: str
    role: str
    signed: Decimal
    price: Decimal


@dataclass(slots=True)
class Decision:
    """What was wanted, known (`view`, None where nothing was looked at) and answered, and what came of it. `number`
    counts the decisions of a run from 1, `prompt` is how many of the orders were sent at the intent's own moment."""

    intent: Intent | SpreadIntent
    view: RiskView | None
    answer: Approved | Refused
    orders: list[str] = field(default_factory=list)
    fills: list[DecisionFill] = field(default_factory=list)
    number: int = 0
    prompt: int = 0


_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class IntentCounts:
    """How many intents were proposed, and by rule how many of them were refused and how many cut.

    Each is counted once, by the answer to it: what happened to an approved order later, an unfilled rest or the GATE's
    no, is among the refusals of the result alone. What strategies wanted while they warmed up is not counted.
    """

    proposed: int
    refused: Mapping[str, int]
    cut: Mapping[str, int]

    @classmethod
    def of(cls, answers: Iterable[Approved | Refused]) -> IntentCounts:
        """Return the counts of `answers`, the most frequent rule first."""
        listed = [answer for answer in answers if not isinstance(answer, Refused) or answer.rule != WARMING_UP]
        refused = Counter(answer.rule for answer in listed if isinstance(answer, Refused))
        cut = Counter(answer.cut.rule for answer in listed if isinstance(answer, Approved) and answer.cut)
        return cls(len(listed), dict(refused.most_common()), dict(cut.most_common()))

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it; `share` is what was refused or cut of all, None without intents."""
        refused, cut = sum(self.refused.values()), sum(self.cut.values())
        return {
            "proposed": self.proposed,
            "refused": refused,
            "cut": cut,
            "share": (refused + cut) / self.proposed if self.proposed else None,
            "refused_by_rule": dict(self.refused),
            "cut_by_rule": dict(self.cut),
        }


def refused_share_warning(intents: Mapping[str, Any]) -> str | None:
    """Return the warning that 5 % of the intents or more were refused or cut; `intents` is `IntentCounts.to_dict()`."""
    if intents["share"] is None or intents["share"] < _SHARE:
        return None
    parts = []
    for word in ("refused", "cut"):
        by_rule = [f"{rule} {number(count, 0)}" for rule, count in intents[f"{word}_by_rule"].items()]
        parts += [f"{number(intents[word], 0)} {word} ({', '.join(by_rule)})"] if by_rule else []
    return (
        f"{percent(intents['share'])} of the {number(intents['proposed'], 0)} intents were not traded as they were "
        f"meant, {' and '.join(parts)}: what was tested is the rest of the strategy."
    )


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


def write_journal(path: Path, decisions: Iterable[Decision], happenings: Iterable[LaneEvent]) -> Path:
    """Write `decisions`, their `fills` and the lane's `events`; replace `path` whole.

    A decision is what was wanted, known and answered. `rule`, `was` and `limit` are of the rule that refused it, or cut
    it from the quantity `wanted` to `quantity`. Amounts are exact decimals as text, times ISO-8601 with Z, `view`
    the facts the desk saw, as JSON.

    Raises RunFailed when it cannot be written.
    """
    part = part_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _fill(part, decisions, happenings)
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise RunFailed(f"{path} could not be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _fill(path: Path, decisions: Iterable[Decision], happenings: Iterable[LaneEvent]) -> None:
    with closing(connect(path, "mode=rwc")) as database:
        database.executescript(_SCHEMA)
        with transaction(database):
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


def decision_row(number: int, decision: Decision, called: Callable[[str], str] = str) -> tuple[Any, ...]:
    """Return a decision as a row of the table `decisions`; `called` names its orders."""
    intent = decision.intent
    single = intent if isinstance(intent, Intent) else None
    side, stop, target = (None, None, None) if single is None else (single.side, single.stop, single.target)
    view = None if decision.view is None else json.dumps(_facts(decision.view), sort_keys=True)
    return (
        number, to_iso(intent.ts), intent.strategy, intent.instrument, _text(side), str(intent.strength),
        str(intent.price), _text(stop), _text(target), *_answered(intent.instrument, decision.answer),
        " ".join(map(called, decision.orders)), view,
    )  # fmt: skip


def _answered(instrument: str, answer: Approved | Refused) -> tuple[str | None, ...]:
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


def _text(value: object) -> str | None:
    return None if value is None else str(value)

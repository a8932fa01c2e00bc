# file: tests/proofs/wholeness.py
"""What must hold in a node's state file at any moment, however its node ended; for coins that are margined in USDT."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tradingbot.core.runtime.statefile import TABLES as ALL
from tradingbot.core.runtime.statefile import open_state_file

__all__ = ["TABLES", "differing", "kept_checkpoints", "noted_bars", "troubles", "written"]

TABLES = (
    "decisions", "orders", "fills", "trades", "refusals", "happenings", "signals", "transfers", "equity", "bars",
)  # fmt: skip
"""What an uninterrupted run records in the same way; the rest tells of the wall's time."""

_NUMBERED = (*TABLES[:8], "live", "outbox", "switches")
_CENT = Decimal("0.01")
_OVER = ("OrderCanceled", "OrderExpired", "OrderRejected", "OrderDenied")

type Lines = list[tuple[Any, ...]]


def written(path: Path) -> dict[str, Lines]:
    """Return the rows of each of `TABLES`."""
    with open_state_file(path) as file:
        return {name: [tuple(row) for row in file.execute(f"SELECT * FROM {name} ORDER BY 1, 2")] for name in TABLES}


def noted_bars(path: Path) -> int:
    """Return how many bars are on record; 0 where the node died before it had made its file."""
    if not path.is_file():
        return 0
    with open_state_file(path) as file:
        made = _one(file, "SELECT count(*) FROM sqlite_master WHERE name = 'bars'")
        return int(_one(file, "SELECT count(*) FROM bars")) if made else 0


def kept_checkpoints(path: Path) -> int:
    """Return how many checkpoints there are; 0 where the node died before it had made its file."""
    if not path.is_file():
        return 0
    with open_state_file(path) as file:
        made = _one(file, "SELECT count(*) FROM sqlite_master WHERE name = 'checkpoints'")
        return int(_one(file, "SELECT count(*) FROM checkpoints")) if made else 0


def differing(found: dict[str, Lines], whole: dict[str, Lines]) -> list[str]:
    """Return by table what was lost, doubled or came out otherwise."""
    said = []
    for name in TABLES:
        lost, doubled = len(whole[name]) - len(found[name]), len(found[name]) - len(set(map(str, found[name])))
        said += [f"lost: {lost} {name}"] if lost > 0 else []
        said += [f"doubled: {max(doubled, -lost)} {name}"] if doubled or lost < 0 else []
        said += [f"changed: {name}"] if not lost and found[name] != whole[name] else []
    return said


def troubles(path: Path) -> list[str]:
    """Return what does not add up; nothing where the node died before it had made its file or written a bar."""
    if not path.is_file():
        return []
    with open_state_file(path) as file:
        if file.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            return ["damaged: the file"]
        made = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not made:
            return []
        if made != {*ALL}:
            return [f"damaged: {len(made)} of {len(ALL)} tables"]
        checks: tuple[Callable[[sqlite3.Connection], list[str]], ...] = (_gaps, _twins, _bars, _guards, _nets, _money)
        return [trouble for check in checks for trouble in check(file)]


def _one(file: sqlite3.Connection, query: str, values: Sequence[Any] = ()) -> Any:
    return file.execute(query, values).fetchone()[0]


def _sum(amounts: Iterable[str]) -> Decimal:
    return sum(map(Decimal, amounts), Decimal(0))


def _gaps(file: sqlite3.Connection) -> list[str]:
    count, last = "SELECT count(*) FROM {}", "SELECT coalesce(max(number), 0) FROM {}"
    return [
        f"lost: {name} has gaps"
        for name in _NUMBERED
        if _one(file, count.format(name)) != _one(file, last.format(name))
    ]


def _twins(file: sqlite3.Connection) -> list[str]:
    """Hold one row against one: an intent and live's answer, a trade and its news, a fill and its event."""
    pairs = (
        ("SELECT number FROM decisions", "SELECT number FROM live"),
        ("SELECT exit_time FROM trades", "SELECT ts FROM outbox WHERE kind = 'trade'"),
        ("SELECT sentence FROM happenings", "SELECT sentence FROM outbox WHERE kind IN (SELECT kind FROM happenings)"),
        ('SELECT "order" FROM fills', "SELECT \"order\" FROM orders WHERE event = 'OrderFilled'"),
    )
    found = []
    for one, other in pairs:
        left, right = ([row[0] for row in file.execute(f"{query} ORDER BY number")] for query in (one, other))
        found += [f"lost or doubled: {len(left)} of {one}, {len(right)} of {other}"] if left != right else []
    return found


def _bars(file: sqlite3.Connection) -> list[str]:
    """Hold bars against the equity after each moment, and against what the heartbeat claims."""
    moments, rows = _one(file, "SELECT count(DISTINCT ts) FROM bars"), _one(file, "SELECT count(*) FROM equity")
    found = [f"lost: {moments} moments of bars, {rows} of equity"] if moments != rows else []
    claimed = _one(file, "SELECT coalesce(max(bars), 0) FROM heartbeat")
    bars = _one(file, "SELECT count(*) FROM bars")
    return [*found, *([f"lost: the heartbeat claims {claimed} bars, {bars} are there"] if claimed > bars else [])]


def _guards(file: sqlite3.Connection) -> list[str]:
    """Look for a stop of each position, and for an order that is at the venue or on its way and not an entry."""
    found = []
    entries = {order for (orders,) in file.execute("SELECT orders FROM decisions") for order in str(orders).split()}
    for row in file.execute("SELECT strategy, instrument, stop FROM positions").fetchall():
        if row["stop"] is None:
            found.append(f"unguarded: {row['instrument']} has no stop")
        if not _working(file, row["strategy"], row["instrument"]) - entries:
            found.append(f"unguarded: no order could end the position in {row['instrument']}")
    return found


def _working(file: sqlite3.Connection, strategy: str, instrument: str) -> set[str]:
    events = file.execute(
        'SELECT "order", event FROM orders WHERE strategy = ? AND instrument = ?', (strategy, instrument)
    ).fetchall()
    return {order for order, event in events if event in ("OrderSubmitted", "OrderAccepted")} - {
        order for order, event in events if event in _OVER
    }


def _nets(file: sqlite3.Connection) -> list[str]:
    nets: dict[tuple[str, str], Decimal] = {}
    for strategy, instrument, quantity in file.execute("SELECT strategy, instrument, quantity FROM fills"):
        nets[strategy, instrument] = nets.get((strategy, instrument), Decimal(0)) + Decimal(quantity)
    held = {
        (strategy, instrument): Decimal(quantity)
        for strategy, instrument, quantity in file.execute("SELECT strategy, instrument, quantity FROM positions")
    }
    return (
        [] if {key: net for key, net in nets.items() if net} == held else ["off: positions are not those of the fills"]
    )


def _money(file: sqlite3.Connection) -> list[str]:
    """Hold the equity against the trades, and against the closed fills with their commissions and funding.

    While the engine catches up the file ends a latency after a close, with fills that no equity has yet.
    """
    last = file.execute("SELECT ts, equity FROM equity ORDER BY ts DESC LIMIT 1").fetchone()
    if last is None or _one(file, "SELECT coalesce(max(ts), 0) FROM fills") > last["ts"]:
        return []
    withdrawn = file.execute("SELECT sentence FROM happenings WHERE kind = 'withdrawal'")
    start = Decimal(_one(file, "SELECT start_equity FROM node")) - _sum(said.split()[2] for (said,) in withdrawn)
    start += _sum(pnl for (pnl,) in file.execute("SELECT pnl FROM positions"))
    by_trades = start + _sum(pnl for (pnl,) in file.execute("SELECT pnl FROM trades"))
    by_fills = start + _closed(file) + _sum(paid for (paid,) in file.execute("SELECT funding FROM trades"))
    return [
        f"off: equity is {last['equity']}, by the {name} it is {found}"
        for name, found in (("trades", by_trades), ("fills", by_fills))
        if abs(found - Decimal(last["equity"])) > _CENT
    ]


def _closed(file: sqlite3.Connection) -> Decimal:
    """Return what the fills moved up to where their strategy last held nothing of the instrument."""
    made, open_cash, net = Decimal(0), dict[Any, Decimal](), dict[Any, Decimal]()
    for row in file.execute("SELECT strategy, instrument, quantity, price, commission FROM fills ORDER BY number"):
        key, quantity = (row["strategy"], row["instrument"]), Decimal(row["quantity"])
        cash = -quantity * Decimal(row["price"]) - Decimal(row["commission"].split()[0])
        net[key] = net.get(key, Decimal(0)) + quantity
        open_cash[key] = open_cash.get(key, Decimal(0)) + cash
        if not net[key]:
            made += open_cash.pop(key)
    return made

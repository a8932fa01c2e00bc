# file: tests/core/runtime/checkpoint/testcheckpoint.py
from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.runtime.checkpoint.cutrun import CutRun, compared
from tests.golden.catalogfixture import OPEN
from tests.golden.sinemarket import waves
from tradingbot import backtest as door
from tradingbot.core.errors import RunFailed
from tradingbot.core.runtime.checkpoint.checkpoint import BalanceOff, Checkpoint, NotRestored, unkept

_ODD = "tests.core.runtime.checkpoint.oddstrategies:"
_PUPPET = "tests.golden.scriptedstrategy:Puppet"


def _run(folder: Path, *names: str, lane: str = "cryptofutures", **fields: Any) -> CutRun:
    stage, cues, known = waves(lane, folder)
    strategies: list[dict[str, Any]] = [{"path": f"{_ODD}{name}"} for name in names] or [
        {"path": _PUPPET, "params": {"cues": cues}}
    ]
    # One thing is tested: what the desk thinks of it is another.
    risk = OPEN | {"risk_fraction": 0.01, "max_position_leverage": 5} | fields.pop("risk", {})
    return CutRun(door.plan(stage.config(**known | {"strategies": strategies, "risk": risk} | fields)))


def _played(folder: Path, cues: list[dict[str, Any]], gap: int = 0, **fields: Any) -> CutRun:
    """Return a run of these cues on one coin; with `gap` nothing comes for an hour after that bar."""
    silent = [{"at": f"2025-01-06T{gap // 4:02}:{gap % 4 * 15:02}:00", "gap": "1h"}] if gap else []
    spec = {"path": _PUPPET, "params": {"cues": cues}}
    known: dict[str, Any] = {"instruments": ["BTCUSDT-LINEAR.BYBIT"], "strategies": [spec]}
    return _run(folder, **known | fields | {"events": [*fields.get("events", []), *silent]})


def _unrest(run: CutRun, bar: int) -> str:
    host, feed = run.host()
    try:
        run.advance(host, feed, run.market.start, run.market.start + bar * run.step)
        return host.unrest
    finally:
        host.close()


def _checkpoint(run: CutRun, bar: int) -> Checkpoint:
    host, feed = run.host()
    try:
        close = run.market.start + bar * run.step
        at = run.advance(host, feed, run.market.start, close)
        assert host.unrest == ""
        return host.take_checkpoint(host.account, close, at)[0]
    finally:
        host.close()


def test_a_timer_is_waited_for(tmp_path: Path) -> None:
    course = compared(_run(tmp_path, "Timed"), [5, 11, 40])
    assert course.unrests == ("Timed-000 has set a timer",) * 6
    assert course.told["fills"]


def test_data_that_a_strategy_asked_for_later_come_again(tmp_path: Path) -> None:
    course = compared(_run(tmp_path, "LateListener"), [3, 30, 50, 70])
    assert (course.cuts, bool(course.told["fills"])) == (4, True)


def test_what_strategies_may_keep_is_kept(tmp_path: Path) -> None:
    course = compared(_run(tmp_path, "Hoarder", "Hoarder"), [2, 4, 9, 23, 50, 51, 90])
    assert course.cuts > 5
    assert len(course.told["fills"]) > 10


@pytest.mark.parametrize(
    ("cue", "bar", "reason"),
    [
        ({"do": "long"}, 10, "an entry or exit is under way"),
        ({"do": "leave"}, 20, "an entry or exit is under way"),
    ],
)
def test_what_a_silent_market_has_not_filled_is_no_rest(
    cue: dict[str, Any], bar: int, reason: str, tmp_path: Path
) -> None:
    cues = [{"bar": 5, "do": "long", "stop": 0.1}] if cue["do"] == "leave" else []
    run = _played(tmp_path, [*cues, cue | {"bar": bar, "stop": 0.1}], gap=bar)
    assert [_unrest(run, bar - 1), _unrest(run, bar), _unrest(run, bar + 6)] == ["", reason, ""]


def test_a_stop_that_travels_is_no_rest(tmp_path: Path) -> None:
    cues = [{"bar": 5, "do": "long", "stop": 0.1}, {"bar": 12, "do": "tighten", "stop": 0.09}]
    run = _played(tmp_path, cues, gap=12)
    assert _unrest(run, 11) == ""
    assert re.fullmatch(r"the order O-\d{8}-\d{6}-001-000-2 is in motion", _unrest(run, 12))
    assert _unrest(run, 18) == ""


def test_a_kill_exit_is_no_rest(tmp_path: Path) -> None:
    event = {"at": "2025-01-06T03:45:00", "kill": "cryptofutures", "operator": "ann"}
    run = _played(tmp_path, [{"bar": 5, "do": "long", "stop": 0.1}], events=[event])
    assert [_unrest(run, bar) for bar in (14, 15, 25)] == ["", "an entry or exit is under way", ""]


def test_an_event_that_is_due_while_the_market_is_silent_is_waited_for(tmp_path: Path) -> None:
    event = {"at": "2025-01-06T03:20:00", "kill": "cryptospot", "operator": "ann"}
    run = _played(tmp_path, [], gap=12, events=[event], lane="cryptospot", instruments=["BTCUSDT-SPOT.BYBIT"])
    assert [_unrest(run, bar) for bar in (13, 14, 20)] == ["", "an event is due", ""]


def test_what_cannot_be_kept_is_named(tmp_path: Path) -> None:
    run = _run(tmp_path, "Closured")
    host, feed = run.host()
    run.advance(host, feed, run.market.start, run.market.start + run.step)
    told = r"^Closured-000\.rule cannot be kept in a checkpoint \(.*lambda.*\); allowed is what pickle takes, and Indic"
    with pytest.raises(RunFailed, match=told):
        host.take_checkpoint(host.account, run.market.start + run.step, run.seam(run.market.start + run.step))
    assert unkept(host.lane).startswith("Closured-000.rule cannot be kept")
    host.close()


def test_what_comes_back_otherwise_is_refused(tmp_path: Path) -> None:
    run = _run(tmp_path)
    taken = _checkpoint(run, 48)
    position, *_ = taken.held.positions
    more = replace(position, signed=str(Decimal(position.signed) * 2))
    tampered = replace(taken, held=replace(taken.held, positions=(more, *taken.held.positions[1:])))
    told = r"^the checkpoint of 2025-01-06T12:00:00Z is not used: it held .*, what came back is "
    with pytest.raises(NotRestored, match=told) as raised:
        run.host(tampered)
    assert raised.value.close == taken.close


def test_whatever_else_goes_wrong_in_a_restore_is_told_of_the_checkpoint(tmp_path: Path) -> None:
    run = _run(tmp_path)
    taken = replace(_checkpoint(run, 48), state=b"no state")
    with pytest.raises(NotRestored, match=r"^the checkpoint of 2025-01-06T12:00:00Z is not used: error: Error -3 "):
        run.host(taken)


def test_a_balance_that_came_out_otherwise_is_told_and_opened_with(tmp_path: Path) -> None:
    run = _run(tmp_path)
    taken = _checkpoint(run, 48)
    off = replace(taken, start=taken.start - Decimal("0.07"))
    with pytest.raises(BalanceOff, match=r"is not used: the account came back 0\.07\d* off$") as raised:
        run.host(off)
    assert off.opened_with(raised.value.by) == taken
    host, _feed, tries = run.restored(off)
    assert (host.balance, tries) == (taken.balance, 1)
    host.close()

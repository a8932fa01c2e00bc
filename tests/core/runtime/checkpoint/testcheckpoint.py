# file: tests/core/runtime/checkpoint/testcheckpoint.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.runtime.checkpoint.cutrun import CutRun, compared
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
    return CutRun(door.plan(stage.config(**known | {"strategies": strategies} | fields)))


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

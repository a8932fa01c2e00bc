# file: tests/core/runtime/testownthread.py
from __future__ import annotations

import gc

import pytest

from tradingbot.core.runtime.ownthread import collecting_here


@pytest.mark.parametrize("was", [True, False])
def test_the_collector_does_not_run_by_itself_and_is_afterwards_as_it_was_whatever_happens(
    was: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "isenabled", lambda: was)
    switched: list[str] = []
    monkeypatch.setattr(gc, "enable", lambda: switched.append("on"))
    monkeypatch.setattr(gc, "disable", lambda: switched.append("off"))
    seen = []

    def fail() -> None:
        with collecting_here():
            seen.append(list(switched))
            raise ValueError("over")

    with pytest.raises(ValueError, match="over"):
        fail()
    assert seen == [["off"]]
    assert switched == (["off", "on"] if was else ["off"])


def test_it_collects_now_and_then_when_it_is_called() -> None:
    class Knot:
        pass

    def alive() -> int:
        return sum(isinstance(item, Knot) for item in gc.get_objects())

    with collecting_here() as collect:
        knot = Knot()
        knot.itself = knot  # type: ignore[attr-defined]
        del knot
        assert alive() == 1
        for _ in range(2_000):
            collect()
        assert alive() == 0

# file: core/execution/lineup.py
"""Let strategies hear each bar in the order of the config, so that the same run has the same result."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tradingbot.core.errors import RunFailed

__all__ = ["Lineup"]


class Lineup:
    """Hold a bar back until every strategy has been handed it, then let them act in order.

    The engine hands it to its subscribers in an order of its own, another one in each run, and who acts first is
    numbered, sized and filled first. `alone` says that there is no order to keep.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.alone = len(names) == 1
        self._names = tuple(names)
        self._held: dict[str, Callable[[], None]] = {}
        self._acting = False

    def priority(self, name: str) -> int:
        """Return the priority by which a strategy hears a topic in its place: the higher is told first, the last 0."""
        return len(self._names) - 1 - self._names.index(name)

    def hear(self, name: str, act: Callable[[], None]) -> None:
        """Call `act` when it is the turn of `name`.

        Raises
        ------
        RunFailed
            When one strategy is handed a bar before all have been handed the last.
        """
        if self._acting:
            act()
            return
        if name in self._held:
            missing = ", ".join(sorted({*self._names} - {*self._held}))
            raise RunFailed(f"{name} was handed a bar before {missing} had heard the last")
        self._held[name] = act
        if len(self._held) == len(self._names):
            self._take_turns()

    def _take_turns(self) -> None:
        held, self._held, self._acting = self._held, {}, True
        try:
            for name in self._names:
                held[name]()
        finally:
            self._acting = False

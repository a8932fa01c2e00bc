# file: core/supervisor/hearing.py
"""What the supervisor is told from outside its loop: an end, a line, a wish to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradingbot.core.supervisor.child import Child

__all__ = ["Ended", "Heard", "Said", "Stop", "signals_heard"]


@dataclass(frozen=True, slots=True)
class Ended:
    """A process has ended and waits to be reaped."""

    child: Child


@dataclass(frozen=True, slots=True)
class Said:
    """A process that is read aloud wrote a line."""

    process: str
    line: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody wants everything stopped; asked again with `urgent`, at once."""

    why: str
    urgent: bool = False


type Heard = Ended | Said | Stop


@contextmanager
def signals_heard(put: Callable[[Heard], None]) -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into `Stop`, while the block lasts; only the main thread may ask for it.

    A SIGHUP that is ignored, as under nohup, stays so. `put` must not mind to be interrupted by itself.
    """

    def hear(number: int, _frame: object) -> None:
        put(Stop(signal.Signals(number).name, urgent=number == signal.SIGINT))

    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    before = [(number, signal.signal(number, hear)) for number in wanted]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)

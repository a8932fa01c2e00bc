# file: lifeline.py
"""Run a verb in a process that ends with the supervisor that started it, however that one ends."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading

__all__ = ["bind", "main"]

_SHORTEST_S = 0.001


def bind(line: int, family: int, grace_s: float) -> None:
    """End this process when the pipe `line` does: as by SIGTERM, and by force `grace_s` seconds later.

    Nobody ever writes into the pipe, and its other end closes with the supervisor, kill -9 included. `family` is a
    descriptor that is only kept open. Neither is passed on to what this process starts.
    """
    for handle in (line, family):
        os.set_inheritable(handle, False)
    threading.Thread(target=_end_with, args=(line, grace_s), name="lifeline", daemon=True).start()


def _end_with(line: int, grace_s: float) -> None:
    os.read(line, 1)
    # A watch in C, which ends the process even where Python's lock is held for ever, and says where it hung.
    faulthandler.dump_traceback_later(max(grace_s, _SHORTEST_S), exit=True)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run `python -m tradingbot.lifeline LINE FAMILY GRACE_S VERB...`: two descriptors, seconds, and a verb."""
    line, family, grace_s, *words = sys.argv[1:]
    bind(int(line), int(family), float(grace_s))
    sys.argv = ["tradingbot", *words]
    from tradingbot.cli import main as run

    run()


if __name__ == "__main__":
    main()

# file: cli/lifeline.py
"""Parent-death pipe: run a verb in a process that ends with the supervisor that started it."""

from __future__ import annotations

import errno
import faulthandler
import io
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


_SHORTEST_S = 0.001
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def bind(line: int, family: int, grace_s: float) -> None:
    """End this process when the pipe `line` does: as by SIGTERM, and by force `grace_s` seconds later.

    Nobody ever writes into the pipe, and its other end closes with the supervisor, kill -9 included. `family` is a
    descriptor that is only kept open. Neither is passed on to what this process starts.
    """
    for handle in (line, family):
        os.set_inheritable(handle, False)
    threading.Thread(target=_end_with, args=(line, grace_s), name="lifeline", daemon=True).start()


def forgive() -> None:
    """Lose what is written to standard output and error while the disk is full, instead of failing for it."""
    sys.stdout, sys.stderr = _forgiving(1), _forgiving(2)


def _forgiving(handle: int) -> io.TextIOWrapper:
    stream = io.BufferedWriter(_Forgiving(handle, "w", closefd=False))
    return io.TextIOWrapper(stream, "utf-8", "backslashreplace", line_buffering=True)


class _Forgiving(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            return memoryview(data).nbytes


def _end_with(line: int, grace_s: float) -> None:
    os.read(line, 1)
    # A watch in C, which ends the process even where Python's lock is held for ever, and says where it hung.
    faulthandler.dump_traceback_later(max(grace_s, _SHORTEST_S), exit=True)
    # To the main thread, which alone hears signals in Python: sent to the process it may come to this thread instead,
    # and what the main one waits for would go on.
    main_thread = threading.main_thread().ident
    if main_thread is not None:
        signal.pthread_kill(main_thread, signal.SIGTERM)


def main() -> None:
    """Run `python -m tradingbot.cli.lifeline LINE FAMILY GRACE_S VERB...`: two descriptors, seconds, and a verb."""
    line, family, grace_s, *words = sys.argv[1:]
    bind(int(line), int(family), float(grace_s))
    forgive()
    sys.argv = ["tradingbot", *words]
    from tradingbot.cli.app import main as run

    run()


if __name__ == "__main__":
    main()

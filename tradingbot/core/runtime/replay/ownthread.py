# file: core/runtime/replay/ownthread.py
"""Worker thread: one thread that makes every call of an owner, who waits for each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class OwnThread:
    """Run calls one after the other in a thread, until `end`.

    An executor's futures do the same at twice the cost, which is a tenth of what a fast node does in a bar.
    """

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def call[R](self, do: Callable[[], R]) -> R:
        """Return what `do` returns there, or raise what it raises."""
        call = _Call(do)
        self._calls.put(call)
        call.done.acquire()
        if call.error is None:
            result: R = call.result
            return result
        try:
            raise call.error
        finally:
            del call  # its error's traceback leads to here: what is in a cycle is dropped in whichever thread comes

    def end(self) -> None:
        """Wait for the thread to end. May be called again."""
        self._calls.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call.result = call.do()
            except BaseException as error:  # noqa: BLE001 - it is raised where the caller waits
                call.error = error
            done = call.done
            del call  # nothing of it may stay here until the next
            done.release()


class _Call:
    __slots__ = ("do", "done", "error", "result")

    def __init__(self, do: Callable[[], Any]) -> None:
        self.do = do
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()

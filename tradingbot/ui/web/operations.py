# file: ui/web/operations.py
"""Operations that the dashboard commands, in its own name, and the thread pools in which every operation runs.

Commands take a target, who answers for it and why, and return a sentence; what they raise is the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tradingbot.core.lane import Lane
from tradingbot.operations import killswitch, liveswitch, registry
from tradingbot.operations.audit.entry import Interface


class Pool:
    """Threads of one purpose, since operations block."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, f"web-{name}")

    async def __call__[T](self, act: Callable[..., T], *values: object) -> T:
        """Return what `act` returns."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, act, *values)

    def close(self) -> None:
        """Let go of the threads; what is under way goes on to its end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class ThreadPools:
    """Four pools, so that a kill never waits behind a slow page: `login` is slow on purpose."""

    def __init__(self) -> None:
        self.look, self.command = Pool("look", 8), Pool("command", 4)
        self.switch, self.login = Pool("switch", 4), Pool("login", 4)

    def close(self) -> None:
        """Let go of all threads."""
        for pool in (self.look, self.command, self.switch, self.login):
            pool.close()


def kill(lane: Lane, operator: str, reason: str) -> str:
    """Kill a lane."""
    answer = killswitch.kill(lane, reason, operator, Interface.WEB)
    done = f"{lane} was killed before and stays killed" if answer.again else f"{lane} is killed"
    return f"{done}, but {answer.trouble}" if answer.trouble else done


def resume(lane: Lane, operator: str, reason: str) -> str:
    """Let a killed lane enter again."""
    killswitch.resume(lane, operator, reason, Interface.WEB)
    return f"{lane} is resumed"


def enable(lane: Lane, operator: str, reason: str) -> str:
    """Let a lane's live node trade real money."""
    return liveswitch.enable(lane, operator, reason, Interface.WEB)


def disable(lane: Lane, operator: str, reason: str) -> str:
    """Stop a lane from trading real money."""
    return liveswitch.disable(lane, operator, reason, Interface.WEB)


def promote(candidate: str, operator: str, reason: str) -> str:
    """Promote a validated candidate."""
    change = registry.promote(candidate, operator, reason, Interface.WEB)
    trouble = registry.make_champion(change)
    return f"{registry.describe(change)}, but {trouble}" if trouble else registry.describe(change)


def demote(candidate: str, operator: str, reason: str) -> str:
    """Take a promotion back."""
    return registry.describe(registry.demote(candidate, operator, reason, Interface.WEB))


def retire(candidate: str, operator: str, reason: str) -> str:
    """Retire a candidate for good."""
    return registry.describe(registry.retire(candidate, operator, reason, Interface.WEB))

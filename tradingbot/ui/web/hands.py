# file: ui/web/hands.py
"""Threads for what blocks: switches have their own, so that a kill never waits behind somebody's slow page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

__all__ = ["Hands"]


class Hands:
    """Four pools: to look, to command, to throw a lane's switches, and to log in, which is slow on purpose."""

    def __init__(self) -> None:
        self._looking = ThreadPoolExecutor(8, "web-look")
        self._commanding = ThreadPoolExecutor(4, "web-command")
        self._switching = ThreadPoolExecutor(4, "web-switch")
        self._entering = ThreadPoolExecutor(4, "web-enter")

    async def look[T](self, ask: Callable[..., T], *values: object) -> T:
        """Return what `ask` returns."""
        return await asyncio.get_running_loop().run_in_executor(self._looking, ask, *values)

    async def command[T](self, act: Callable[..., T], *values: object) -> T:
        """Return what came of a command that may take its time."""
        return await asyncio.get_running_loop().run_in_executor(self._commanding, act, *values)

    async def switch[T](self, act: Callable[..., T], *values: object) -> T:
        """Return what came of a lane's switch, or who throws it."""
        return await asyncio.get_running_loop().run_in_executor(self._switching, act, *values)

    async def enter[T](self, act: Callable[..., T], *values: object) -> T:
        """Return what came of a login."""
        return await asyncio.get_running_loop().run_in_executor(self._entering, act, *values)

    def close(self) -> None:
        """Let go of the threads; what is under way goes on to its end."""
        for pool in (self._looking, self._commanding, self._switching, self._entering):
            pool.shutdown(wait=False, cancel_futures=True)

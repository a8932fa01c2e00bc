# file: bench/dashboard.py
"""How long until the dashboard is there, and until what happened is to be seen on it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from bench.row import Row
from tests.operations.status.statefixture import START, StateRoom
from tests.ui.web.webfixture import Room, listening
from tradingbot.core.config.home import moved
from tradingbot.core.lane import Lane
from tradingbot.core.messages.laneview import FeedItem, LaneView
from tradingbot.core.messages.processview import Supervision
from tradingbot.operations import killswitch as switching
from tradingbot.operations.status.overview import feed, overview, processes, version

_KILLS, _LOADS, _BARS = 20, 5, 20_000
_STEP_NS = 300_000_000_000
_SEEN = """
const lane = arguments[0], done = arguments[1];
const look = new MutationObserver(() => {
  if (document.querySelector(`#lane-${lane} [data-badge=killed]`)) {
    look.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(Date.now()), 0));
  }
});
look.observe(document.body, {subtree: true, childList: true, attributes: true});
"""
"""Answer when the frame that shows the kill has been handed to the screen."""
_LOADED = "const entry = performance.getEntriesByType('navigation')[0]; return entry.loadEventEnd - entry.startTime"


def measure() -> list[Row]:
    """Load the dashboard of four lanes with a node of 20,000 bars each, and kill lanes while it is open.

    A kill counts from when its latch appeared, by the file's time of change. Without Chromium nothing is measured.
    """
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        return []
    with tempfile.TemporaryDirectory() as place, moved(Path(place)):
        _fill(StateRoom(Path(place)))
        began = time.perf_counter()
        overview()
        cold = time.perf_counter() - began
        began = time.perf_counter()
        overview()
        warm = time.perf_counter() - began
        with _open() as (driver, base):
            loads, waits = _loads(driver, base), _waits(driver, base)
    return [
        Row(
            "dashboard, cold load in Chromium, median", median(loads), "ms", cold * 1e3, "reading all state", aim=1_000
        ),
        Row("kill to pixel, median", median(waits), "ms", warm * 1e3, "one look at the state", aim=100),
        Row(f"kill to pixel, worst of {_KILLS}", max(waits), "ms", warm * 1e3, "the same"),
    ]


def _fill(room: StateRoom) -> None:
    for lane in Lane:
        name = f"bench{lane}"
        room.node(name, lane=lane, wall=time.time_ns())
        rows = [(START + bar * _STEP_NS, str(10_000 + bar % 700), "10000") for bar in range(1, _BARS)]
        room.write(name, ("equity", rows))


class _Real(Room):
    """The real state, shown to whoever asks: who is in is not what is measured."""

    def overview(self) -> tuple[LaneView, ...]:
        return overview()

    def feed(self) -> tuple[FeedItem, ...]:
        return feed()

    def processes(self) -> Supervision:
        return processes()

    def version(self) -> str:
        return version()


@contextmanager
def _open() -> Iterator[tuple[Any, str]]:
    """Open a browser before the dashboard."""
    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.binary_location = str(shutil.which("chromium"))
    with listening(_Real()) as client:
        driver = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
        try:
            base = str(client.base_url).rstrip("/")
            driver.get(f"{base}/login")
            driver.add_cookie({"name": "tradingbot", "value": "operator"})
            yield driver, base
        finally:
            driver.quit()


def _loads(driver: Any, base: str) -> list[float]:
    found = []
    for _ in range(_LOADS):
        driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        driver.get(f"{base}/")
        found.append(float(driver.execute_script(_LOADED)))
    return found


def _waits(driver: Any, base: str) -> list[float]:
    """Kill and resume lanes; the browser's clock is this machine's."""
    found = []
    driver.get(f"{base}/")
    time.sleep(1.5)
    with ThreadPoolExecutor(1) as threads:
        for number in range(_KILLS):
            lane = list(Lane)[number % 4]
            waiting = threads.submit(driver.execute_async_script, _SEEN, lane.value)
            time.sleep(0.3)
            switching.kill(lane, "bench", "bench")
            stood = (switching.switches() / f"{lane}.killed").stat().st_ctime_ns / 1e6
            found.append(float(waiting.result()) - stood)
            switching.resume(lane, "bench", "bench")
            time.sleep(0.3)
    return found

# file: tests/venues/bybit/testfeeder.py
from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.venues.bybit.market import MINUTE_MS, Kline
from tests.venues.bybit.venue import BybitVenue

_ROOT = Path(__file__).resolve().parents[3]
_PATIENCE_S = 60.0
START = 1_780_012_800_000
NAMES = {"BTCUSDT-LINEAR.BYBIT": ("linear", "BTCUSDT"), "SOLUSDT-SPOT.BYBIT": ("spot", "SOLUSDT")}


class _Feeder:
    """The stock clients in a process; what they hear is taken with `until`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard.put(json.loads(line))

    def ask(self, start: int, end: int) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"start": start, "end": end}) + "\n")
        self._process.stdin.flush()

    def until(self, done: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Return what was heard since the last call, once it is enough."""
        heard: list[dict[str, Any]] = []
        while not done(heard):
            heard.append(self._heard.get(timeout=_PATIENCE_S))
        return heard


@contextmanager
def _feeding(venue: BybitVenue) -> Iterator[_Feeder]:
    command = [sys.executable, "-m", "tests.venues.bybit.feeder", str(venue.port), *NAMES]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_ROOT, text=True, stdin=pipe, stdout=pipe) as process:
        try:
            yield _Feeder(process)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(_PATIENCE_S) == 0
        finally:
            process.kill()


def _listening(venue: BybitVenue) -> None:
    for category, symbol in NAMES.values():
        venue.subscribed(category, f"kline.1.{symbol}", f"orderbook.1.{symbol}", f"publicTrade.{symbol}")
    venue.subscribed("linear", "tickers.BTCUSDT")


def _bars(heard: list[dict[str, Any]], name: str) -> list[list[Any]]:
    return [line["row"][1:] for line in heard if line["kind"] == "bar" and line["row"][0] == name]


def _truth(bars: list[Kline]) -> list[list[Any]]:
    return [[bar.start + MINUTE_MS, *bar[1:6]] for bar in bars]


def _count(heard: list[dict[str, Any]], kind: str) -> int:
    return sum(line["kind"] == kind for line in heard)


def test_the_stock_clients_hear_the_truth_and_miss_what_a_cut_took() -> None:
    with BybitVenue(START + 30_000) as venue, _feeding(venue) as feeder:
        _listening(venue)
        venue.advance(5 * 60)
        heard = feeder.until(lambda lines: _count(lines, "bar") == 10)
        for name, key in NAMES.items():
            assert _bars(heard, name) == _truth(venue.bars(*key, START, START + 5 * MINUTE_MS))
        settles = venue.market.next_settlement(venue.market.listings["linear", "BTCUSDT"], START)
        funding = next(line for line in heard if line["kind"] == "funding")
        assert funding["next"] == settles
        assert Decimal(funding["rate"]) < Decimal("0.005")

        feeder.ask(START - 100 * MINUTE_MS, START)
        heard = feeder.until(lambda lines: _count(lines, "history") == 2)
        answers = {line["rows"][0][0]: line["rows"] for line in heard if line["kind"] == "history"}
        for name, key in NAMES.items():
            truth = _truth(venue.bars(*key, START - 100 * MINUTE_MS, START))
            assert [row[1:] for row in answers[name]] == truth

        venue.fault("drop")
        venue.advance(2 * 60)
        venue.clear("drop")
        _listening(venue)
        venue.advance(60)
        heard = feeder.until(lambda lines: _count(lines, "bar") == 2)
        following = START + 7 * MINUTE_MS
        for name, key in NAMES.items():
            assert _bars(heard, name) == _truth(venue.bars(*key, following, following + MINUTE_MS))
        assert {line["state"] for line in heard if line["kind"] == "socket"} == {
            "SocketState.DISCONNECTED",
            "SocketState.CONNECTED",
        }

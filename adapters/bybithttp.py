# file: adapters/bybithttp.py
"""Bybit's public API over HTTP: paced, repeated while it makes sense, and refused in words."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import httpx
from nautilus_trader.adapters.bybit import BybitHttpClient

from tradingbot.core.config.venues import BybitVenue
from tradingbot.core.errors import RunFailed

_AT_ONCE = 4
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 8.0
_TIMEOUT_S = 10.0
_BAN_S = 660.0
_AGAIN = {10000: "the server timed out", 10006: "too many visits", 10016: "server error", 10018: "too many visits"}
_BROKEN = {429, 500, 502, 503, 504}


class BybitHttp:
    """Ask for public data; any number of threads may.

    Requests keep a distance, and what a later one can mend (a time-out, HTTP 5xx, 10006) is asked again, each time
    after twice the wait, until the venue's patience ends. After HTTP 403 nothing is asked for eleven minutes: each
    request would prolong the ban, of ten.
    """

    def __init__(self, venue: BybitVenue) -> None:
        self.environment = str(venue.environment)
        self.base_url = venue.http or _own_url(self.environment)
        self._patience = venue.patience_s
        self._pace = _Pace(1 / venue.requests_per_second)
        self._client = httpx.Client(base_url=self.base_url, timeout=_TIMEOUT_S)
        self._ban, self._banned_until = "", 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **params: str | int) -> dict[str, Any]:
        """Return the answer's envelope: `result` is what was asked for, `time` the server's in milliseconds.

        Raises RunFailed when the venue refuses, or does not answer in time.
        """
        return self._ask(path, params, threading.Event())

    def get_if_there(self, path: str, **params: str | int) -> dict[str, Any] | None:
        """Do as `get`, but return None where the venue has no such path."""
        return self._ask(path, params, threading.Event(), absent={}) or None

    def get_all(self, path: str, many: Iterable[dict[str, str | int]]) -> Iterator[dict[str, Any]]:
        """Yield the answer of each of the requests in their order, a few under way at once; errors as in `get`."""
        over = threading.Event()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            asked = [pool.submit(self._ask, path, params, over) for params in many]
            try:
                for each in asked:
                    yield each.result()
            finally:
                over.set()
                pool.shutdown(wait=False, cancel_futures=True)

    def _ask(
        self, path: str, params: dict[str, str | int], over: threading.Event, absent: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        wait, last, tries = _FIRST_WAIT_S, time.monotonic() + self._patience, 0
        while True:
            self._pace.wait()
            if time.monotonic() < self._banned_until:
                raise RunFailed(self._ban)
            tries += 1
            envelope, why = self._once(path, params, absent)
            if envelope is not None:
                return envelope
            if time.monotonic() + wait > last or over.wait(wait):
                raise RunFailed(
                    f"{self.base_url}{path} gave no answer in {tries} requests, the last one {why}; "
                    f"bybit.patience_s in config/venues.json is {self._patience:g}"
                )
            wait = min(2 * wait, _LONGEST_WAIT_S)

    def _once(
        self, path: str, params: dict[str, str | int], absent: dict[str, Any] | None
    ) -> tuple[dict[str, Any] | None, str]:
        """Return the envelope (`absent`, where given, for HTTP 404), or None and why it is worth asking again."""
        try:
            response = self._client.get(path, params=params)
        except httpx.RequestError as error:
            return None, f"failed: {str(error) or type(error).__name__}"
        if response.status_code in _BROKEN:
            return None, f"ended with HTTP {response.status_code}"
        if response.status_code == httpx.codes.FORBIDDEN:
            self._ban = (
                f"{self.base_url}{path} refused with HTTP 403: too many requests from this address, or a country that "
                "Bybit does not serve. It stays shut for ten minutes, longer if asked; nothing more was asked"
            )
            self._banned_until = time.monotonic() + _BAN_S
            raise RunFailed(self._ban)
        if response.status_code == httpx.codes.NOT_FOUND and absent is not None:
            return absent, ""
        if response.status_code != httpx.codes.OK:
            raise RunFailed(f"{response.url} answered with HTTP {response.status_code}: {response.text[:200]}")
        return self._opened(response)

    def _opened(self, response: httpx.Response) -> tuple[dict[str, Any] | None, str]:
        try:
            envelope = response.json()
            code, said = int(envelope["retCode"]), str(envelope.get("retMsg", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None, f"was answered with what is not the v5 API's JSON: {response.text[:100]!r}"
        if code in _AGAIN:
            return None, f"was answered with {code} ({_AGAIN[code]}): {said}"
        if code:
            raise RunFailed(f"{response.url} was refused with {code}: {said}")
        return envelope, ""


class _Pace:
    """Let requests go a fixed time apart, whoever makes them."""

    def __init__(self, apart_s: float) -> None:
        self._apart = apart_s
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            mine = max(now, self._next)
            self._next = mine + self._apart
        time.sleep(mine - now)


def _own_url(environment: str) -> str:
    return BybitHttpClient(testnet=environment == "testnet", demo=environment == "demo").base_url

# file: core/config/runtime.py
"""`config/runtime.json`: processes `tradingbot up` starts, supervision limits, dashboard address."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from tradingbot.core.config.load import Section, file_name


def _speed(value: str) -> str:
    try:
        fits = value == "max" or 0 < float(value) < math.inf
    except ValueError:
        fits = False
    if not fits:
        raise ValueError('allowed is a number above 0 as text, such as "60", or "max"')
    return value


def _time_of_day(value: str) -> str:
    if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('allowed is a time of the day in UTC, such as "00:10", or "" for never')
    return value


def _moment(value: str) -> str:
    try:
        if value:
            dt.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("allowed is a time such as 2026-03-01T12:00:00Z") from None
    return value


def _called(value: str) -> str:
    return value and file_name(value)


FEEDS = ("bybit",)
"""Feeds of live data, by the venue they are of."""

Feed = Literal["replay", "bybit"]


class PaperNode(Section):
    """A node that trades on paper: `config` is the path of a backtest config or of a candidate file.

    Its data are the catalog's, replayed, or those of a `feed`, on whose last `warmup` bars strategies warm up before
    they enter anything. A replay goes at `speed` from the market's time `fast_until` on (ISO-8601, "" for the
    beginning), and as fast as it can before. `set` changes fields of it, each `key.path=value`. `name` is what the node
    is called and keeps its state under; without, it bears the name of the config or candidate. With it, one config can
    run several times at once.
    """

    config: str = Field(min_length=1)
    speed: Annotated[str, AfterValidator(_speed)] = "1"
    fast_until: Annotated[str, AfterValidator(_moment)] = ""
    set: tuple[str, ...] = ()
    name: Annotated[str, AfterValidator(_called)] = ""
    feed: Feed = "replay"
    warmup: int = Field(default=1_000, ge=1, le=1_000_000)


class CandidateNodes(Section):
    """Nodes for every candidate that is validated or promoted and not among `paper` by its name.

    They go at `speed`, or follow a `feed`. `catalogs` gives, by candidate, the catalog with the data after those it
    learned from; without, it trades the one it was validated on, from where it has learned.
    """

    on: bool = True
    speed: Annotated[str, AfterValidator(_speed)] = "1"
    catalogs: dict[str, str] = Field(default_factory=dict)
    feed: Feed = "replay"
    warmup: int = Field(default=1_000, ge=1, le=1_000_000)


class SupervisorConfig(Section):
    """How processes are watched; all `_s` are seconds.

    A process that is asked to stop has `grace_s` for it. One that crashes is started again after `first_wait_s`, twice
    that after its next crash, and so on up to `longest_wait_s`; a run of `within_s` lets the waits begin anew. After
    `crashes` crashes within `within_s` (a crash loop) it stays stopped, but for a feed. At `parity_at` (UTC, "" for
    never) every day each node is compared with its backtest, for at most `parity_limit_s`.
    """

    grace_s: float = Field(default=20, ge=0, le=3_600)
    first_wait_s: float = Field(default=1, gt=0, le=3_600)
    longest_wait_s: float = Field(default=60, gt=0, le=86_400)
    crashes: PositiveInt = 5
    within_s: float = Field(default=600, gt=0, le=86_400)
    parity_at: Annotated[str, AfterValidator(_time_of_day)] = "00:10"
    parity_limit_s: float = Field(default=1_800, gt=0, le=86_400)

    @model_validator(mode="after")
    def _sees_a_crash_loop(self) -> Self:
        waits = sum(self.wait_s(crash) for crash in range(1, min(self.crashes, 100_000)))
        if waits >= self.within_s:
            raise ValueError(
                f"the waits before crash number {self.crashes} add up to {waits:g} s,"
                f" allowed is less than within_s {self.within_s:g} s, else no crash loop would ever be seen"
            )
        return self

    def wait_s(self, crash: int) -> float:
        """Return the seconds before the start that follows crash number `crash` (from 1) of a row."""
        # 2**60 first waits are longer than any longest wait, and no float overflows.
        return min(self.first_wait_s * 2.0 ** min(crash - 1, 60), self.longest_wait_s)


class DashboardConfig(Section):
    """Where the dashboard listens. `certificate` and `key` are paths of PEM files; with both it speaks TLS.

    `hosts` are the names it may be called by, besides `host` and the loopback's own.
    """

    on: bool = True
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8420, ge=1, le=65_535)
    certificate: str = ""
    key: str = ""
    hosts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key are needed both, or neither")
        return self

    @property
    def link(self) -> str:
        """The address to open in a browser."""
        return f"{'https' if self.certificate else 'http'}://{self.url_host}:{self.port}/"

    @property
    def url_host(self) -> str:
        """The host as it stands in an address: an IPv6 one in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host


class RuntimeConfig(Section):
    """The whole file."""

    paper: tuple[PaperNode, ...] = ()
    candidates: CandidateNodes = CandidateNodes()
    supervisor: SupervisorConfig = SupervisorConfig()
    dashboard: DashboardConfig = DashboardConfig()

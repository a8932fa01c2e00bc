# file: core/messages/feedview.py
"""Views of live feeds: state, venue's time, gaps, data alarms, sealed days."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedGap:
    """Rows of a series (`instrument`, `kind`) from `first` to `last` (UTC ns) that did not come by themselves.

    `cause` is start, reconnect, silent socket, missing minute or not in the history; `filled` rows came by request,
    `missing` are lacking for good. It is `open` while they are still asked for.
    """

    instrument: str
    kind: str
    cause: str
    first: int
    last: int
    filled: int
    missing: int
    open: bool


@dataclass(frozen=True, slots=True)
class FeedView:
    """A live feed: whether it lives, how far it is, and what it recorded of what went wrong.

    `state` is starting, catching_up, running, stalled, stopped, failed, dead or unknown; `sentence` says why. `wall` is
    its last sign of life by this machine's clock, `venue` the venue's time then (both UTC ns). `skew_ns` is the venue's
    clock less this machine's, `speed` the venue's seconds per second here, `lag_ns` how far the last whole row lay
    behind the venue's time. `missing` is how many rows are lacking for good over all `gaps`, `strays` how many came
    again, late or changed, `alarms` (data alarms) how many rows the venue's history has otherwise than a sealed day,
    `refused` why days could not be sealed. Of `last_gap` (but that of a start) and `last_alarm` (UTC ns) there are None
    and 0 without one. Days are sealed up to `sealed`, the midnight (UTC ns) that ends the last one, 0 before the first.
    `unread` says why the journal could not be read and is empty when it could.
    """

    name: str
    state: str = "unknown"
    sentence: str = ""
    wall: int = 0
    venue: int = 0
    skew_ns: int = 0
    speed: float = 1.0
    lag_ns: int = 0
    connected: bool = False
    instruments: tuple[str, ...] = ()
    gaps: int = 0
    missing: int = 0
    last_gap: FeedGap | None = None
    strays: int = 0
    alarms: int = 0
    last_alarm: int = 0
    refused: tuple[str, ...] = ()
    sealed: int = 0
    unread: str = ""

    def wall_of(self, ts: int) -> int:
        """Return what this machine's clock showed, UTC ns, when the venue's showed `ts`."""
        return self.wall - round((self.venue - ts) / self.speed)

# file: cli/feedtables.py
"""Terminal table and JSON of live feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tradingbot.cli.tables import STATE_SIGNS, UNWELL, second, table
from tradingbot.core.messages.formatting import lapse
from tradingbot.core.time import DAY, SECOND, to_iso

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tradingbot.core.messages.feedview import FeedGap, FeedView


def feed_dict(feed: FeedView) -> dict[str, Any]:
    """Return a feed as JSON holds it: times as ISO-8601, durations in seconds."""
    return {
        "feed": feed.name,
        "state": feed.state,
        "sentence": feed.unread or feed.sentence,
        "connected": feed.connected,
        "heard": _time(feed.wall),
        "venue": _time(feed.venue),
        "lag_s": feed.lag_ns / SECOND,
        "skew_s": feed.skew_ns / SECOND,
        "instruments": list(feed.instruments),
        "gaps": feed.gaps,
        "missing": feed.missing,
        "last_gap": None if feed.last_gap is None else _gap_dict(feed.last_gap),
        "strays": feed.strays,
        "data_alarms": feed.alarms,
        "last_data_alarm": _time(feed.last_alarm),
        "sealed_until": _time(feed.sealed),
        "refused_days": list(feed.refused),
    }


def _gap_dict(gap: FeedGap) -> dict[str, Any]:
    return asdict(gap) | {"first": to_iso(gap.first), "last": to_iso(gap.last)}


def _time(ts: int) -> str | None:
    return to_iso(ts) if ts else None


def feed_lines(feeds: Sequence[FeedView]) -> Iterator[RenderableType]:
    """Yield a table of the feeds, if there are any, and what else there is to say of them."""
    if feeds:
        columns = (
            *("feed", "state", ">venue, UTC", ">lag", ">skew", ">gaps", ">missing", ">strays", ">alarms"),
            "sealed day",
        )
        yield table(*columns, rows=map(_feed_row, feeds), whole=columns, padding=(0, 0, 0, 1))
    for feed in feeds:
        yield from (f"note: {feed.name}: {sentence}" for sentence in _notes(feed))


def _notes(feed: FeedView) -> Iterator[str]:
    if sentence := feed.unread or feed.sentence:
        yield sentence
    if (gap := feed.last_gap) is not None:
        came = "still asked for" if gap.open else f"{gap.filled} rows by request, {gap.missing} missing"
        yield f"last gap: {gap.instrument} {gap.kind} {second(gap.first)} to {second(gap.last)}, {gap.cause}: {came}"
    if feed.alarms:
        yield f"data alarm: {feed.alarms} rows differ from the venue's history, the last of {second(feed.last_alarm)}"
    yield from feed.refused


def _feed_row(feed: FeedView) -> tuple[RenderableType, ...]:
    from rich.text import Text

    sign, style = STATE_SIGNS.get(feed.state, UNWELL)
    return (
        feed.name,
        Text(f"{sign} {feed.state.replace('_', ' ')}", style),
        second(feed.venue)[5:16] if feed.venue else "-",
        lapse(feed.lag_ns),
        lapse(feed.skew_ns, sign=True),
        str(feed.gaps),
        str(feed.missing),
        str(feed.strays),
        str(feed.alarms),
        to_iso(feed.sealed - DAY)[:10] if feed.sealed else "-",
    )

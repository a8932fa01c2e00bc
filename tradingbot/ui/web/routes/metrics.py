# file: ui/web/routes/metrics.py
"""`/metrics`: the same numbers for Prometheus, computed on request."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from tradingbot.core.messages.feedview import FeedView
from tradingbot.core.messages.laneview import LaneView, NodeView
from tradingbot.operations.status import feedreader, overview
from tradingbot.ui.web.request import Viewer
from tradingbot.ui.web.responses import PROBLEMS

router = APIRouter(responses=PROBLEMS)

_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

_WORKS = frozenset({"starting", "catching_up", "running"})
_NODE = ["lane", "node", "role"]
_S = 1e9


@router.get("/metrics", responses=_TEXT)
async def metrics(request: Request, visitor: Viewer) -> Response:
    """Return lanes, nodes and live feeds in the text format of Prometheus."""
    state = request.app.state
    look = state.pools.look
    lanes, feeds = await asyncio.gather(look(overview.overview), look(feedreader.feeds))
    return Response(exposition(lanes, feeds, state.answered, time.time_ns()), media_type=CONTENT_TYPE_LATEST)


def exposition(
    lanes: Iterable[LaneView], feeds: Iterable[FeedView], answered: Counter[tuple[str, int]], now: int
) -> bytes:
    """Return the metrics of lanes and live feeds at `now`, UTC ns, and what was `answered`, by method and status.

    A number that is not known has no sample.
    """
    registry = CollectorRegistry()
    registry.register(_Lanes(tuple(lanes), now))
    registry.register(_Feeds(tuple(feeds), now))
    registry.register(_Answered(dict(answered)))
    return generate_latest(registry)


class _Lanes(Collector):
    def __init__(self, lanes: tuple[LaneView, ...], now: int) -> None:
        self._lanes = lanes
        self._nodes = [((view.lane.value, node.name, node.role), node) for view in lanes for node in view.nodes]
        self._now = now

    def collect(self) -> Iterator[Metric]:
        killed = _gauge("lane_killed", "Whether the lane's kill latch is set.", ["lane"])
        live = _gauge("lane_live", "Whether the lane trades real money.", ["lane"])
        for lane in self._lanes:
            killed.add_metric([lane.lane.value], float(lane.killed))
            live.add_metric([lane.lane.value], float(lane.live))
        yield from (killed, live)
        for name, text, value in self._numbers():
            yield self._filled(_gauge(name, text, _NODE), value)
        trades = CounterMetricFamily("tradingbot_node_trades", "Closed trades.", labels=_NODE)
        yield self._filled(trades, lambda node: node.standing.trades)
        yield from (self._states(), self._stops(), self._refusals())

    def _numbers(self) -> tuple[tuple[str, str, Callable[[NodeView], float | None]], ...]:
        return (
            ("node_up", "Whether the node is at work.", lambda node: float(node.beat.state in _WORKS)),
            ("node_heartbeat_age_seconds", "Since the last heartbeat.", lambda node: self._age(node.beat.wall)),
            (
                "node_data_age_seconds",
                "Since the market's time that it has come to; that of a replay lies in the past.",
                lambda node: self._age(node.data_wall),
            ),
            ("node_warming_up", "Whether it only warms up so far.", lambda node: float(node.warming_up)),
            (
                "node_checkpoint_seconds",
                "The market's time of its last checkpoint, since 1970.",
                lambda node: node.checkpoint / _S if node.checkpoint else None,
            ),
            ("node_bars", "Bars it has had.", lambda node: node.beat.bars),
            ("node_equity", "Equity in account currency.", lambda node: _number(node.standing.equity)),
            ("node_net_pnl", "Equity less start equity and net deposits.", lambda node: float(node.standing.pnl)),
            ("node_realised_pnl", "Result of closed trades.", lambda node: float(node.standing.realised_pnl)),
            ("node_unrealised_pnl", "Result so far of open ones.", lambda node: float(node.standing.open_pnl)),
            ("node_drawdown_max", "Maximum drawdown, a fraction.", lambda node: node.standing.max_drawdown),
            ("positions", "Open positions.", lambda node: len(node.positions)),
        )

    def _filled[Family: GaugeMetricFamily | CounterMetricFamily](
        self, family: Family, value: Callable[[NodeView], float | None]
    ) -> Family:
        for labels, node in self._nodes:
            if (number := value(node)) is not None:
                family.add_metric(labels, number)
        return family

    def _states(self) -> Metric:
        states = _gauge("node_state", "1 for the state the node is in.", [*_NODE, "state"])
        for labels, node in self._nodes:
            states.add_metric([*labels, node.beat.state], 1)
        return states

    def _stops(self) -> Metric:
        of = [*_NODE, "strategy", "instrument"]
        stops = _gauge("position_stop_distance", "Of the last price, a fraction.", of)
        for labels, node in self._nodes:
            for held in node.positions:
                if held.stop_distance is not None:
                    stops.add_metric([*labels, held.strategy, held.instrument], held.stop_distance)
        return stops

    def _refusals(self) -> Metric:
        refusals = _gauge("node_recent_refusals", "How many of the last refusals are by which rule.", [*_NODE, "rule"])
        for labels, node in self._nodes:
            for rule, count in sorted(Counter(said.kind for said in node.refusals).items()):
                refusals.add_metric([*labels, rule], count)
        return refusals

    def _age(self, since: int) -> float | None:
        return (self._now - since) / _S if since else None


class _Feeds(Collector):
    def __init__(self, feeds: tuple[FeedView, ...], now: int) -> None:
        self._feeds = feeds
        self._now = now

    def collect(self) -> Iterator[Metric]:
        for name, text, value in self._numbers():
            gauge = _gauge(f"feed_{name}", text, ["feed"])
            for feed in self._feeds:
                if (number := value(feed)) is not None:
                    gauge.add_metric([feed.name], number)
            yield gauge
        states = _gauge("feed_state", "1 for the state the feed is in.", ["feed", "state"])
        for feed in self._feeds:
            states.add_metric([feed.name, feed.state], 1)
        yield states

    def _numbers(self) -> tuple[tuple[str, str, Callable[[FeedView], float | None]], ...]:
        return (
            ("up", "Whether the feed is at work.", lambda feed: float(feed.state in _WORKS)),
            ("connected", "Whether its streams are connected.", lambda feed: float(feed.connected)),
            (
                "heartbeat_age_seconds",
                "Since its last heartbeat.",
                lambda feed: (self._now - feed.wall) / _S if feed.wall else None,
            ),
            (
                "lag_seconds",
                "How far the last whole row lies behind the venue's time.",
                lambda feed: feed.lag_ns / _S if feed.wall else None,
            ),
            (
                "skew_seconds",
                "The venue's clock less this machine's.",
                lambda feed: feed.skew_ns / _S if feed.wall else None,
            ),
            ("gaps", "Gaps on record.", lambda feed: feed.gaps),
            ("missing_rows", "Rows that are missing for good.", lambda feed: feed.missing),
            ("strays", "Rows that came again, late or changed.", lambda feed: feed.strays),
            ("data_alarms", "Rows that differ from the venue's history.", lambda feed: feed.alarms),
            ("refused_days", "Days that could not be sealed.", lambda feed: len(feed.refused)),
            (
                "sealed_seconds",
                "The end of the last sealed day, since 1970.",
                lambda feed: feed.sealed / _S if feed.sealed else None,
            ),
        )


class _Answered(Collector):
    def __init__(self, answered: dict[tuple[str, int], int]) -> None:
        self._answered = answered

    def collect(self) -> Iterator[Metric]:
        text = "Requests answered since the dashboard began."
        requests = CounterMetricFamily("tradingbot_http_requests", text, labels=["method", "status"])
        for (method, status), count in sorted(self._answered.items()):
            requests.add_metric([method, str(status)], count)
        yield requests


def _gauge(name: str, text: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tradingbot_{name}", text, labels=labels)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)

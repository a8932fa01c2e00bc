# file: ui/web/metrics.py
"""`/metrics`: the same numbers for Prometheus, computed when it asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from tradingbot.core.messages.laneview import LaneView
from tradingbot.core.messages.nodeview import NodeView
from tradingbot.ui.web.answers import PROBLEMS
from tradingbot.ui.web.visitors import Viewer

__all__ = ["exposition", "router"]

router = APIRouter(responses=PROBLEMS)

_WORKS = frozenset({"starting", "catching_up", "running"})
_S = 1e9


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, visitor: Viewer) -> Response:
    """Return lanes and nodes in the text format of Prometheus."""
    lanes = await request.app.state.hands.look(request.app.state.desk.overview)
    return Response(exposition(lanes, time.time_ns()), media_type=CONTENT_TYPE_LATEST)


def exposition(lanes: Iterable[LaneView], now: int) -> bytes:
    """Return the metrics of the lanes at `now`, UTC ns."""
    registry = CollectorRegistry()
    registry.register(_Lanes(tuple(lanes), now))
    return generate_latest(registry)


class _Lanes(Collector):
    def __init__(self, lanes: tuple[LaneView, ...], now: int) -> None:
        self._lanes = lanes
        self._now = now

    def collect(self) -> Iterator[Metric]:
        killed = _gauge("lane_killed", "Whether the lane's kill latch is set.", ["lane"])
        live = _gauge("lane_live", "Whether the lane trades real money.", ["lane"])
        for lane in self._lanes:
            killed.add_metric([lane.lane.value], float(lane.killed))
            live.add_metric([lane.lane.value], float(lane.live))
        yield killed
        yield live
        yield from self._nodes([(lane.lane.value, node) for lane in self._lanes for node in lane.nodes])

    def _nodes(self, nodes: list[tuple[str, NodeView]]) -> Iterator[Metric]:
        told: tuple[tuple[str, str, Callable[[NodeView], float]], ...] = (
            ("node_up", "Whether the node is at work.", lambda node: float(node.beat.state in _WORKS)),
            ("node_heartbeat_age_seconds", "Since it was heard.", lambda node: (self._now - node.beat.wall) / _S),
            ("node_bars", "Bars it has had.", lambda node: float(node.beat.bars)),
            ("node_equity", "Equity in account currency.", lambda node: float(node.standing.equity or 0)),
            ("node_net_pnl", "Result of closed trades.", lambda node: float(node.standing.pnl)),
            ("node_trades", "Closed trades.", lambda node: float(node.standing.trades)),
            ("node_positions", "Open positions.", lambda node: float(len(node.positions))),
            ("node_drawdown_max", "Deepest drawdown, a fraction.", lambda node: node.standing.max_drawdown or 0.0),
        )
        for name, text, value in told:
            family = _gauge(name, text, ["lane", "node", "role"])
            for lane, node in nodes:
                family.add_metric([lane, node.name, node.role], value(node))
            yield family
        stops = _gauge("position_stop_distance", "Of the last price, a fraction.", ["lane", "node", "instrument"])
        for lane, node in nodes:
            for held in node.positions:
                if held.stop_distance is not None:
                    stops.add_metric([lane, node.name, held.instrument], held.stop_distance)
        yield stops


def _gauge(name: str, text: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tradingbot_{name}", text, labels=labels)

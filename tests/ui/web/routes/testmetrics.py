# file: tests/ui/web/routes/testmetrics.py
from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from prometheus_client.parser import text_string_to_metric_families

from tests.ui.web.webfixture import NOW, Room, lane, listening, live_feed, node, standing
from tradingbot.core.lane import Lane
from tradingbot.core.messages.feedview import FeedView
from tradingbot.core.messages.laneview import HeartbeatView, LaneView
from tradingbot.core.time import DAY, SECOND
from tradingbot.ui.web.routes.metrics import exposition


def samples(*lanes: LaneView, feeds: tuple[FeedView, ...] = ()) -> dict[str, list[tuple[str, float]]]:
    """Return (the value of the label whose name is last, the number) of each sample by its name."""
    found: dict[str, list[tuple[str, float]]] = {}
    text = exposition(lanes, feeds, Counter(), NOW + 5 * SECOND).decode()
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            found.setdefault(one.name, []).append((list(one.labels.values())[-1], one.value))
    return found


def test_lanes_and_nodes_are_told_with_their_numbers() -> None:
    found = samples(lane(Lane.FOREX, node()), lane(Lane.OPTIONS, killed=True))
    assert found["tradingbot_lane_killed"] == [("forex", 0.0), ("options", 1.0)]
    assert found["tradingbot_lane_live"] == [("forex", 0.0), ("options", 0.0)]
    assert found["tradingbot_node_up"] == [("champion", 1.0)]
    assert found["tradingbot_node_state"] == [("running", 1.0)]
    assert found["tradingbot_node_heartbeat_age_seconds"] == [("champion", 5.0)]
    assert found["tradingbot_node_data_age_seconds"] == [("champion", 5.0)]
    assert found["tradingbot_node_equity"] == [("champion", 12_705.29)]
    assert found["tradingbot_node_trades_total"] == [("champion", 44.0)]
    assert found["tradingbot_node_bars"] == [("champion", 1_200.0)]
    assert found["tradingbot_node_net_pnl"] == [("champion", 2_705.29)]
    assert found["tradingbot_node_realised_pnl"] == [("champion", 2_633.01)]
    assert found["tradingbot_node_unrealised_pnl"] == [("champion", 72.28)]
    assert found["tradingbot_node_drawdown_max"] == [("champion", 0.035)]
    assert found["tradingbot_positions"] == [("champion", 2.0)]
    assert found["tradingbot_node_recent_refusals"] == [("daily_loss", 1.0)]
    (distance,) = found["tradingbot_position_stop_distance"]
    assert (distance[0], round(distance[1], 4)) == ("Follow-000", 0.0279)


def test_what_is_not_known_has_no_sample() -> None:
    bare = node(
        standing=standing(equity=None, max_drawdown=None),
        beat=HeartbeatView("dead", "", 0, 0, 0),
        role="config",
        data_wall=0,
        checkpoint=0,
    )
    found = samples(lane(Lane.FOREX, bare))
    assert "tradingbot_node_checkpoint_seconds" not in found
    absent = {"node_equity", "node_drawdown_max", "node_heartbeat_age_seconds", "node_data_age_seconds"}
    assert {f"tradingbot_{name}" for name in absent} & set(found) == set()
    assert found["tradingbot_node_up"] == [("config", 0.0)]


def test_live_feeds_are_told_with_what_went_wrong() -> None:
    found = samples(feeds=(live_feed(), FeedView("other", unread="it is odd")))
    told = {name.removeprefix("tradingbot_feed_"): values for name, values in found.items() if "_feed_" in name}
    assert told == {
        "up": [("bybit", 0.0), ("other", 0.0)], "connected": [("bybit", 1.0), ("other", 0.0)],
        "heartbeat_age_seconds": [("bybit", 5.0)], "lag_seconds": [("bybit", 63.0)], "skew_seconds": [("bybit", 8.0)],
        "gaps": [("bybit", 3.0), ("other", 0.0)], "missing_rows": [("bybit", 1.0), ("other", 0.0)],
        "strays": [("bybit", 2.0), ("other", 0.0)], "data_alarms": [("bybit", 1.0), ("other", 0.0)],
        "refused_days": [("bybit", 1.0), ("other", 0.0)], "sealed_seconds": [("bybit", NOW // DAY * DAY / SECOND)],
        "state": [("stalled", 1.0), ("unknown", 1.0)],
    }  # fmt: skip


def test_a_node_tells_whether_it_warms_up_and_of_its_last_checkpoint() -> None:
    found = samples(lane(Lane.FOREX, node(since=NOW + 1, data_wall=NOW - SECOND)))
    assert found["tradingbot_node_warming_up"] == [("champion", 1.0)]
    assert found["tradingbot_node_data_age_seconds"] == [("champion", 6.0)]
    assert found["tradingbot_node_checkpoint_seconds"] == [("champion", (NOW - 10**13) / SECOND)]


def test_two_strategies_that_hold_the_same_are_two_samples() -> None:
    held = node().positions[0]
    both = node(positions=(held, replace(held, strategy="Other-000", stop=Decimal(50_000))))
    text = exposition((lane(Lane.FOREX, both),), (), Counter(), NOW).decode()
    lines = [line for line in text.splitlines() if line.startswith("tradingbot_position_stop_distance{")]
    assert len({line.partition("}")[0] for line in lines}) == 2


def test_answers_are_counted_by_method_and_status() -> None:
    room = Room(lanes=(lane(Lane.FOREX, node()),))
    with listening(room) as client:
        client.get("/nowhere")
        client.request("BREW", "/health")
        client.get("/health", headers={"host": "evil.example"})
        answer = client.get("/metrics", headers={"authorization": "Bearer viewer"})
    counted = [line for line in answer.text.splitlines() if line.startswith("tradingbot_http_requests_total")]
    assert counted == [
        'tradingbot_http_requests_total{method="GET",status="400"} 1.0',
        'tradingbot_http_requests_total{method="GET",status="404"} 1.0',
        'tradingbot_http_requests_total{method="other",status="405"} 1.0',
    ]

# file: tests/core/config/testruntime.py
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import build, load
from tradingbot.core.config.runtime import DashboardConfig, RuntimeConfig, SupervisorConfig
from tradingbot.core.errors import ConfigError


def refused(**values: Any) -> str:
    with pytest.raises(ConfigError) as found:
        build(RuntimeConfig, values, "runtime.json")
    return str(found.value)


def test_what_is_shipped_starts_the_dashboard_alone_and_says_the_defaults() -> None:
    shipped = load(RuntimeConfig, config_file("runtime.json"))
    assert shipped == RuntimeConfig()
    assert (shipped.paper, shipped.dashboard.on, shipped.dashboard.link) == ((), True, "http://127.0.0.1:8420/")


def test_a_node_takes_a_config_a_speed_a_name_and_settings() -> None:
    values = {"paper": [{"config": "a.json", "speed": "max", "set": ["seed=8"], "name": "b"}, {"config": "c.json"}]}
    first, second = build(RuntimeConfig, values, "runtime.json").paper
    assert (first.config, first.speed, first.set, first.name) == ("a.json", "max", ("seed=8",), "b")
    assert (second.speed, second.set, second.name) == ("1", (), "")


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf", ""])
def test_another_speed_is_refused(speed: str) -> None:
    assert refused(paper=[{"config": "a.json", "speed": speed}]) == (
        f'runtime.json: paper.0.speed was \'{speed}\': allowed is a number above 0 as text, such as "60", or "max"'
    )


def test_another_moment_is_refused() -> None:
    assert refused(paper=[{"config": "a.json", "fast_until": "soon"}]) == (
        "runtime.json: paper.0.fast_until was 'soon': allowed is a time such as 2026-03-01T12:00:00Z"
    )


@pytest.mark.parametrize("name", ["a/b", "a b", "a@b", "..", "-a"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    assert refused(paper=[{"config": "a.json", "name": name}]).startswith(
        f"runtime.json: paper.0.name was '{name}': allowed are letters, digits, '_', '-' and '.', at most 80"
    )


@pytest.mark.parametrize("time", ["24:00", "0:10", "10:60", "noon"])
def test_another_time_of_the_day_is_refused(time: str) -> None:
    assert refused(supervisor={"parity_at": time}) == (
        f"runtime.json: supervisor.parity_at was '{time}':"
        ' allowed is a time of the day in UTC, such as "00:10", or "" for never'
    )


def test_an_unknown_field_is_refused() -> None:
    assert "dashboard.hsot is not a known field, allowed are certificate" in refused(dashboard={"hsot": "x"})


def test_waits_double_up_to_the_longest() -> None:
    limits = SupervisorConfig(first_wait_s=2, longest_wait_s=12)
    assert [limits.wait_s(crash) for crash in (1, 2, 3, 4, 5, 5_000)] == [2, 4, 8, 12, 12, 12]


def test_waits_that_would_hide_a_crash_loop_are_refused() -> None:
    values = {"first_wait_s": 10, "longest_wait_s": 60, "crashes": 4, "within_s": 70}
    assert refused(supervisor=values) == (
        f"runtime.json: supervisor was {values}: the waits before crash number 4 add up to 70 s,"
        " allowed is less than within_s 70 s, else no crash loop would ever be seen"
    )
    build(RuntimeConfig, {"supervisor": values | {"within_s": Decimal("70.5")}}, "runtime.json")


@pytest.mark.parametrize("given", ["certificate", "key"])
def test_half_of_a_certificate_is_refused(given: str) -> None:
    assert refused(dashboard={given: "x.pem"}) == (
        f"runtime.json: dashboard was {{'{given}': 'x.pem'}}: certificate and key are needed both, or neither"
    )


def test_the_link_says_how_to_reach_it() -> None:
    assert DashboardConfig(host="::1", port=80, certificate="c", key="k").link == "https://[::1]:80/"

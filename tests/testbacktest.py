# file: tests/testbacktest.py
from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tradingbot import backtest as door
from tradingbot.core.config.home import SYNTHETIC
from tradingbot.core.errors import BadInput, ConfigError, RunFailed, StrategyFailed, TradingbotError, UnknownInstrument
from tradingbot.core.market.series import Step

COIN, OTHER, HOURLY = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", Step.parse("1h")
PUPPET = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": [{"bar": 3, "do": "long", "stop": 0.01}]}}

type Write = Callable[..., Path]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    stage = Stage(tmp_path)
    stage.bars(COIN, HOURLY, bars_along([40_000 + 10 * hour for hour in range(31)], HOURLY))
    stage.bars(OTHER, HOURLY, bars_along(np.full(31, 3_000.0), HOURLY))
    return stage


def written(stage: Stage, **fields: Any) -> Path:
    least = {
        "name": "mine", "catalog": "catalog/main", "lane": "cryptofutures", "instruments": [COIN], "bar": "1h",
        "equity": "10000 USDT", "strategies": [PUPPET],
    }  # fmt: skip
    path = stage.home / "mine.json"
    path.write_text(json.dumps(least | fields), encoding="utf-8")
    return path


def told(kind: type[TradingbotError], act: Callable[[], object]) -> str:
    with pytest.raises(kind) as failed:
        act()
    assert "\n" not in str(failed.value)
    assert failed.value.exit_code == 2
    return str(failed.value)


def test_a_plan_is_the_config_with_the_lanes_sections_and_single_fields_over_them(stage: Stage) -> None:
    planned = door.plan(written(stage, venue={"spread": {"ticks": 3}}, risk={"risk_fraction": 0.005}))
    assert (planned.venue.currency, planned.venue.spread.model_dump()) == ("USDT", {"ticks": 3, "bps": 1})
    assert (str(planned.risk.risk_fraction), str(planned.risk.max_stop_distance)) == ("0.005", "0.15")
    assert planned.rates is None


def test_settings_win_over_the_file(stage: Stage) -> None:
    settings = ["venue.spread.ticks=5", "venue.latency_ms=500", "equity=5000 USDT", "seed=8", "realism=fast"]
    planned = door.plan(written(stage, venue={"spread": {"ticks": 3}}), settings)
    assert planned.venue.spread.ticks == 5
    assert planned.config.start_equity == 5_000
    assert (planned.venue.latency_ms, planned.config.seed, str(planned.config.realism)) == (500, 8, "fast")


def test_a_lane_with_rollover_brings_the_rates(stage: Stage) -> None:
    path = written(stage, lane="forex", instruments=["EUR/USD.IDEALPRO"], equity="10000 USD")
    assert door.plan(path).rates is not None
    assert door.plan(path, ["venue.carry.kind=none"]).rates is None


def test_a_relative_path_is_looked_for_here_and_then_below_the_home(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(stage, seed=1)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert door.plan("mine.json").config.seed == 1
    (elsewhere / "mine.json").write_text((stage.home / "mine.json").read_text().replace('"seed": 1', '"seed": 2'))
    assert door.plan("mine.json").config.seed == 2


def test_the_command_gives_the_plan_again(stage: Stage) -> None:
    planned = door.plan(written(stage), ["equity=5000 USDT", 'name="a"', "strategies.0.params.cues=[]"])
    words = shlex.split(planned.command)
    assert words[:3] == ["tradingbot", "backtest", str(stage.home / "mine.json")]
    settings = [word.removeprefix("--set=") for word in words[3:]]
    assert door.plan(words[2], settings) == planned


@pytest.mark.parametrize(
    ("fields", "settings", "sentence"),
    [
        ({}, ["venue.spread.tick=1"], "{file}: venue: spread.tick is not a known field, allowed are bps, ticks"),
        ({}, ["venue.latency=1"], "{file}: venue: latency is not a known field, allowed are carry, currency, depth,"),
        ({}, ["venue.latency_ms=soon"], "{file}: venue: latency_ms was 'soon': Input should be a valid integer"),
        ({}, ["venue.depth.participation=2"], "{file}: venue: depth.participation was 2: Input should be less than or"),
        ({}, ["risk.risk_fraction=0.5"], "{file}: risk: risk_fraction was 0.5: Input should be less than or equal to"),
        ({}, ["risk.fraction=0.01"], "{file}: risk: fraction is not a known field, allowed are correlation,"),
        (
            {},
            ["sede=8"],
            "{file}: sede is not a known field, allowed are automatic_kill, bar, catalog,",
        ),
        ({}, ["strategies.1.path=a:B"], "--set strategies.1.path=a:B: there is no 1"),
        ({}, ["seed"], "--set was 'seed', allowed is key=value, such as venue.latency_ms=500"),
        ({"lane": "spot"}, [], "{file}: lane was 'spot': Input should be 'cryptospot', 'cryptofutures', 'forex' or"),
        ({"equity": "10000 USD"}, [], "{file}: equity was in USD, the cryptofutures lane's account is in USDT"),
        ({"bar": "5x"}, [], "{file}: bar was '5x': allowed is a number and one of s, m, h, d, such as 5m or 1h"),
    ],
)
def test_a_wrong_plan_is_told_with_file_field_value_and_what_is_allowed(
    stage: Stage, fields: dict[str, Any], settings: list[str], sentence: str
) -> None:
    path = written(stage, **fields)
    assert told(ConfigError, lambda: door.plan(path, settings)).startswith(sentence.format(file=path))


def test_a_file_that_is_not_there_or_not_json_is_told(stage: Stage) -> None:
    assert told(ConfigError, lambda: door.plan("none.json")) == f"{stage.home / 'none.json'} was not found"
    path = written(stage)
    path.write_text("{'name'", encoding="utf-8")
    assert told(ConfigError, lambda: door.plan(path)).startswith(f"{path} is not JSON: ")


def test_a_lane_that_the_homes_own_file_leaves_out_is_told(stage: Stage) -> None:
    shipped = json.loads((Path(__file__).parents[1] / "config" / "risk.json").read_text(encoding="utf-8"))
    del shipped["lanes"]["cryptofutures"]
    (stage.home / "config").mkdir()
    (stage.home / "config" / "risk.json").write_text(json.dumps(shipped), encoding="utf-8")
    sentence = told(ConfigError, lambda: door.plan(written(stage)))
    assert sentence.endswith("risk: the lane cryptofutures has no section in config/lanes.json or config/risk.json")


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        (
            BadInput,
            {"catalog": "catalog/none"},
            "the catalog {home}/catalog/none was not found; `tradingbot data import",
        ),
        (
            BadInput,
            {"bar": "5m"},
            "instruments: the catalog {home}/catalog/main has no 5m bars of BTCUSDT-LINEAR.BYBIT",
        ),
        (
            BadInput,
            {"start": "2026-01-01"},
            "start, end: no 1h bar closes after 2026-01-01 00:00;"
            " the data runs from 2025-01-06 00:00 to 2025-01-07 06:00",
        ),
        (
            UnknownInstrument,
            {"instruments": ["BTCUSD-LINEAR.BYBIT"]},
            "instrument BTCUSD-LINEAR.BYBIT is not defined, near are BTCUSDT-LINEAR.BYBIT",
        ),
        (
            ConfigError,
            {"instruments": ["BTCUSDT-SPOT.BYBIT"]},
            "instruments: BTCUSDT-SPOT.BYBIT belongs to the lane cryptospot, the config's is cryptofutures",
        ),
        (
            ConfigError,
            {"strategies": [{"path": "strategies.nothing:Nothing"}]},
            "strategies.path was 'strategies.nothing:Nothing': there is no module strategies.nothing",
        ),
        (
            ConfigError,
            {"strategies": [PUPPET | {"params": {"cue": []}}]},
            "tests.golden.scriptedstrategy:Puppet params: cue is not a known field, allowed are cues",
        ),
        (
            ConfigError,
            {"venue": {"latency_ms": 1_200_000}},
            "venue.latency_ms was 1200000, allowed is less than a third of a 1h bar (1200000 ms)",
        ),
    ],
)
def test_a_run_that_cannot_begin_says_why_and_writes_nothing(
    stage: Stage, kind: type[TradingbotError], fields: dict[str, Any], sentence: str
) -> None:
    path = written(stage, **fields)
    before = sorted(stage.home.rglob("*"))
    assert told(kind, lambda: door.backtest(door.plan(path))).startswith(sentence.format(home=stage.home))
    assert sorted(stage.home.rglob("*")) == before


def test_a_strategy_that_raises_fails_the_run_with_its_traceback(stage: Stage) -> None:
    cues = [{"bar": 4, "do": "fail"}]
    with pytest.raises(StrategyFailed, match="ValueError: the script says so") as failed:
        door.backtest(door.plan(written(stage, strategies=[PUPPET | {"params": {"cues": cues}}])))
    assert failed.value.exit_code == 4


def hashes(stage: Stage, *settings: str, **fields: Any) -> tuple[str, str, str]:
    run = door.backtest(door.plan(written(stage, **fields), settings)).result.run
    return run.data_sha256, run.config_sha256, run.code_sha256


def test_the_hash_of_the_data_sees_the_runs_own_instruments_and_no_others(stage: Stage) -> None:
    data, config, code = hashes(stage)
    stage.bars(OTHER, HOURLY, bars_along(np.full(6, 3_000.0), HOURLY, MONDAY + 30 * HOUR))
    assert hashes(stage) == (data, config, code)
    stage.marks(COIN, np.array([MONDAY + HOUR]), np.array([40_000.0]))
    marked, *others = hashes(stage)
    assert (marked != data, others) == (True, [config, code])
    assert hashes(stage)[0] == marked


def test_the_hash_of_the_config_sees_every_field_and_file_that_may_change_the_result(stage: Stage) -> None:
    data, config, code = hashes(stage)
    (stage.home / "config" / "instruments").mkdir(parents=True)
    own = stage.home / "config" / "instruments" / "bybitlinear.json"
    shipped = Path(__file__).parents[1] / "config" / "instruments" / "bybitlinear.json"
    text = shipped.read_text(encoding="utf-8")
    own.write_text(text, encoding="utf-8")
    assert hashes(stage) == (data, config, code)
    own.write_text(text.replace('"taker_fee": "0.00055"', '"taker_fee": "0.00056"'), encoding="utf-8")
    assert hashes(stage)[1] != config
    own.unlink()
    for setting in ("seed=8", "venue.spread.bps=2", "risk.risk_fraction=0.005", "realism=fast", "end=2025-01-07"):
        again = hashes(stage, setting)
        assert (again[0], again[1] != config, again[2]) == (data, True, code)
    assert hashes(stage, "seed=7", 'venue={"spread": {}}', "venue={}")[1] == config


def test_progress_tells_every_chunk(stage: Stage) -> None:
    heard: list[tuple[int, int]] = []
    door.backtest(door.plan(written(stage)), lambda done, total: heard.append((done, total)))
    assert heard == [(1, 1)]


def test_a_catalog_with_the_label_makes_a_synthetic_result(stage: Stage) -> None:
    planned = door.plan(written(stage))
    real = door.backtest(planned).result
    (stage.catalog.path / SYNTHETIC).write_text("made up")
    made = door.backtest(planned).result
    assert (real.synthetic, real.data_label) == (False, "market data of the catalog")
    assert (made.synthetic, made.data_label) == (True, "synthetic market, planted edges, evidence of nothing")


@pytest.mark.parametrize("realism", ["fast", "exact"])
def test_the_result_says_how_orders_were_executed(stage: Stage, realism: str) -> None:
    note = door.backtest(door.plan(written(stage, realism=realism))).result.run.realism_note
    assert note.startswith({"fast": "Bars trade themselves", "exact": "Every bar becomes four quotes"}[realism])


def test_every_run_has_a_folder_of_its_own_and_latest_names_the_newest(stage: Stage) -> None:
    drawn = door.backtest(door.plan(written(stage)))
    first, second = door.write_run(drawn), door.write_run(drawn)
    runs = stage.home / "logs" / "backtests" / "mine"
    assert (first.folder.parent, second.folder.parent) == (runs, runs)
    assert first.folder.name < second.folder.name
    assert (runs / "latest").readlink() == Path(second.folder.name)
    for kept in (first, second):
        names = ["decisions.db", "report.html", "report.json"]
        assert sorted(path.name for path in kept.folder.iterdir()) == names
        assert kept.json.read_text(encoding="utf-8") == drawn.result.to_json()
        assert kept.html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_page_goes_elsewhere_where_asked_and_the_result_goes_there_too(stage: Stage) -> None:
    drawn = door.backtest(door.plan(written(stage)))
    kept = door.write_run(drawn, stage.home / "own.html", stage.home / "out" / "deep" / "mine.json")
    assert (kept.html, kept.json) == (stage.home / "own.html", stage.home / "out" / "deep" / "mine.json")
    assert kept.json.read_text(encoding="utf-8") == drawn.result.to_json()
    assert sorted(path.name for path in kept.folder.iterdir()) == ["decisions.db", "report.json"]
    assert list(stage.home.rglob("*.part")) == []


def test_a_result_is_kept_though_its_copy_cannot_be_written(stage: Stage) -> None:
    drawn = door.backtest(door.plan(written(stage)))
    with pytest.raises(RunFailed, match=r"could not be written: .*; the run is in .*/logs/backtests/mine/20") as failed:
        door.write_run(drawn, json=stage.home)
    folder = Path(str(failed.value).rpartition("the run is in ")[2])
    assert (folder / "report.json").read_text(encoding="utf-8") == drawn.result.to_json()


def test_equity_that_outgrows_the_engine_is_code_2_and_no_report(stage: Stage) -> None:
    # 3e12 buy twice their worth of a coin that then rises thirtyfold: more than the 1.7e13 the engine can count.
    closes = [40_000.0] * 8 + [40_000.0 * 1.2**hour for hour in range(20)]
    stage.bars("SOLUSDT-LINEAR.BYBIT", HOURLY, bars_along(closes, HOURLY, volume=1e12))
    path = written(stage, instruments=["SOLUSDT-LINEAR.BYBIT"], equity="3000000000000 USDT")
    sentence = told(ConfigError, lambda: door.backtest(door.plan(path)))
    assert sentence.startswith("equity was 3000000000000 USDT, with which the run reached ")
    assert sentence.endswith("; allowed is what stays below 17,014,118,346,046, which is all that the engine can count")

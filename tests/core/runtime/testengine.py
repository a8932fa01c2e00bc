# file: tests/core/runtime/testengine.py
from __future__ import annotations

import gc
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from nautilus_trader.execution import DefaultFillModel, MakerTakerFeeModel

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.home import config_file
from tradingbot.core.config.lanes import LanesConfig, LaneVenue
from tradingbot.core.config.load import build, load
from tradingbot.core.errors import ConfigError, RunFailed
from tradingbot.core.execution.venue.venuemodels import VenueModels
from tradingbot.core.lane import Lane
from tradingbot.core.market.catalog.wranglers import quote_objects
from tradingbot.core.market.columns import Quotes
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.runtime.engine import build_engine, check_money, collect_garbage_here, within_money_range
from tradingbot.core.runtime.recorder import Recorder


def test_the_engine_remembers_a_hundred_quotes_of_each_instrument_so_that_thousands_fit_into_memory() -> None:
    venue = load(LanesConfig, config_file("lanes.json")).lanes[Lane.FOREX]
    fees: Any = MakerTakerFeeModel(Decimal(0), Decimal(0))
    fills: Any = DefaultFillModel(1.0, 0.0)
    pair: Any = load_listing("EUR/USD.IDEALPRO").instrument
    ts = 1_735_689_600_000_000_000 + np.arange(150, dtype=np.int64)
    flat = np.full(150, 1.0)
    engine = build_engine([pair], venue, VenueModels(fees, fills, None, []), Decimal(10_000), True)
    try:
        engine.add_data(quote_objects(pair, Quotes(ts, flat, flat + 0.0001, flat, flat)))
        engine.run()
        cache: Any = engine.cache
        assert len(cache.quotes(pair.id)) == 100
        assert cache.quote(pair.id).ts_event == ts[-1]
    finally:
        engine.dispose()


@pytest.mark.parametrize("was", [True, False])
def test_the_collector_does_not_run_by_itself_and_is_afterwards_as_it_was_whatever_happens(
    was: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "isenabled", lambda: was)
    switched: list[str] = []
    monkeypatch.setattr(gc, "enable", lambda: switched.append("on"))
    monkeypatch.setattr(gc, "disable", lambda: switched.append("off"))
    seen = []

    def fail() -> None:
        with collect_garbage_here():
            seen.append(list(switched))
            raise ValueError("over")

    with pytest.raises(ValueError, match="over"):
        fail()
    assert seen == [["off"]]
    assert switched == (["off", "on"] if was else ["off"])


def test_it_collects_now_and_then_when_it_is_called() -> None:
    class Knot:
        pass

    def alive() -> int:
        return sum(isinstance(item, Knot) for item in gc.get_objects())

    with collect_garbage_here() as collect:
        knot = Knot()
        knot.itself = knot  # type: ignore[attr-defined]
        del knot
        assert alive() == 1
        for _ in range(2_000):
            collect()
        assert alive() == 0


def config(equity: str, **fields: Any) -> BacktestConfig:
    least = {
        "name": "mine", "catalog": "catalog/main", "lane": "cryptofutures", "instruments": ["BTCUSDT-LINEAR.BYBIT"],
        "bar": "1h", "strategies": [{"path": "a:B"}],
    }  # fmt: skip
    return build(BacktestConfig, least | {"equity": equity} | fields, "mine.json")


def venue(times: str) -> LaneVenue:
    lane = load(LanesConfig, config_file("lanes.json")).lanes[config("1 USDT").lane]
    return lane.model_copy(update={"leverage": Decimal(times)})


def books(equity: str, peak: str) -> Recorder:
    return cast("Recorder", SimpleNamespace(equity=lambda: Decimal(equity), peak=lambda: Decimal(peak)))


@pytest.mark.parametrize(
    ("equity", "said"),
    [
        # 17,014,118,346,046 / 5 = 3,402,823,669,209.2
        ("3402823669210 USDT", "equity was 3,402,823,669,210 USDT, allowed is at most 3,402,823,669,209: the"
         " cryptofutures lane trades up to 5 times its equity, and the engine counts up to 17,014,118,346,046"),
        ("0.000000001 USDT", "equity was 0.000000001 USDT, allowed are at most 8 decimals"),
        ("10000.123456789 USDT", "equity was 10000.123456789 USDT, allowed are at most 8 decimals"),
        ("10000.001 USD", "equity was 10000.001 USD, allowed are at most 2 decimals"),
    ],
)  # fmt: skip
def test_an_equity_that_the_engine_cannot_count_is_refused(equity: str, said: str) -> None:
    with pytest.raises(ConfigError) as failed:
        check_money(config(equity), venue("5"))
    assert str(failed.value) == said
    assert failed.value.exit_code == 2


def test_a_withdrawal_is_named_by_its_place(tmp_path: Any) -> None:
    drills = [{"at": "2026-03-02", "withdraw": "5 USDT"}, {"at": "2026-03-03", "withdraw": "5.000000001 USDT"}]
    with pytest.raises(ConfigError, match=r"^events.1.withdraw was 5.000000001 USDT, allowed are at most 8 decimals$"):
        check_money(config("100 USDT", events=drills), venue("5"))


@pytest.mark.parametrize("equity", ["3402823669209 USDT", "10000.00000000000 USDT", "0.00000001 USDT"])
def test_what_it_can_count_is_taken(equity: str) -> None:
    check_money(config(equity), venue("5"))


@pytest.mark.parametrize(("equity", "peak"), [("17014118346046.01", "1"), ("1", "17014118346046.01")])
def test_a_run_that_left_the_range_is_the_configs_fault_whatever_it_broke(equity: str, peak: str) -> None:
    with pytest.raises(ConfigError, match=r"^equity was 9 USDT, with which the run reached 17,014,118,346,046.01"):
        _run(books(equity, peak), RunFailed("the engine stopped"))


def test_what_fails_within_the_range_is_told_as_it_was() -> None:
    with pytest.raises(RunFailed, match="the engine stopped"):
        _run(books("17014118346046", "17014118346046"), RunFailed("the engine stopped"))


def _run(recorder: Recorder, error: Exception) -> None:
    with within_money_range(recorder, config("9 USDT")):
        raise error

# file: tests/core/config/testinstruments.py
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.config.home import config_files
from tradingbot.core.config.instruments import terms
from tradingbot.core.errors import ConfigError

ROW = {"base": "BTC", "price_step": "0.1", "size_step": "0.001", "minimum_quantity": "0.001", "margin_maint": "0.005"}
FILE: dict[str, Any] = {
    "product": "perpetual",
    "lane": "cryptofutures",
    "session": "continuous",
    "source": "a test",
    "defaults": {
        "currency": "USDT",
        "maker_fee": "0.0002",
        "taker_fee": "0.00055",
        "margin_init": "0.1",
        "funding_minutes": 480,
    },
}


def written(folder: Path, row: dict[str, Any], **head: Any) -> Path:
    path = folder / "mine.json"
    path.write_text(json.dumps(FILE | head | {"instruments": {"BTCUSDT-LINEAR.BYBIT": ROW | row}}))
    return path


def test_a_row_overrides_the_defaults(tmp_path: Path) -> None:
    ((file, instrument_id, row),) = terms(written(tmp_path, {"taker_fee": "0.001"}))
    assert (file.lane, instrument_id) == ("cryptofutures", "BTCUSDT-LINEAR.BYBIT")
    assert (str(row.maker_fee), str(row.taker_fee), row.funding_minutes, row.source) == (
        "0.0002",
        "0.001",
        480,
        "a test",
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"price_step": "0"}, "price_step was '0': Input should be greater than 0"),
        ({"price_step": "a tick"}, "price_step was 'a tick': Input should be a valid decimal"),
        ({"tick": "0.1"}, "tick is not a known field, allowed are base, currency, funding_minutes"),
        ({"taker_fee": "0.5"}, r"taker_fee was '0.5': Input should be less than or equal to 0.05"),
        ({"minimum_quantity": "0.0015"}, "minimum_quantity was 0.0015, allowed are multiples of size_step 0.001"),
        ({"maximum_quantity": "0.0005"}, "maximum_quantity was 0.0005, allowed is at least minimum_quantity 0.001"),
        ({"margin_maint": "0.2"}, "margin_maint was 0.2, allowed is at most margin_init 0.1"),
        ({"funding_minutes": None}, "funding_minutes was None; a perpetual has it and nothing else"),
        ({"base": None}, "base was None; spot, perpetual and forex have one"),
        ({"multiplier": "-1"}, "multiplier was '-1'"),
        ({"minimum_notional": "0"}, "minimum_notional was '0'"),
        ({"currency": "usdt"}, "currency was 'usdt'"),
    ],
)
def test_a_wrong_row_is_told_with_file_instrument_field_and_value(
    tmp_path: Path, row: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=rf"mine\.json: BTCUSDT-LINEAR\.BYBIT: .*{told}"):
        list(terms(written(tmp_path, row)))


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ({"session": "tokyo"}, "session was 'tokyo': Input should be 'continuous', 'forex' or 'usequity'"),
        ({"lane": "bonds"}, "lane was 'bonds': Input should be 'cryptospot'"),
        ({"product": "future"}, "product was 'future': Input should be 'spot'"),
        ({"source": ""}, "source was ''"),
    ],
)
def test_a_wrong_head_is_told_with_file_field_and_value(tmp_path: Path, head: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=rf"mine\.json: {told}"):
        list(terms(written(tmp_path, {}, **head)))


def test_every_shipped_row_has_a_source_to_check() -> None:
    rows = [row for path in config_files("instruments") for _, _, row in terms(path)]
    assert len(rows) == 52
    assert all("to be checked at the venue before live trading" in row.source for row in rows)

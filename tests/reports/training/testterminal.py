# file: tests/reports/training/testterminal.py
from __future__ import annotations

import pytest

from tests.reports.browser import printed
from tests.reports.training.samples import EVERY, sample
from tradingbot.learning.training.record import TrainingRecord
from tradingbot.reports.training.terminal import screen

_PATHS = {"html": "logs/training/follow/0a1b/report.html", "json": "logs/training/follow/0a1b/report.json"}
_HEADS = ("AUC", "Log loss", "Brier", "Trades", "Net bp", "Profit f.", "Sharpe")


def _printed(record: TrainingRecord, width: int = 100) -> str:
    return printed(screen(record, _PATHS), width)


@pytest.mark.parametrize("width", [100, 80])
@pytest.mark.parametrize("kind", EVERY)
def test_a_training_fits_one_screen_with_every_column_and_model(kind: str, width: int) -> None:
    record, text = EVERY[kind], _printed(EVERY[kind], width)
    lines = text.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= width
    for words in (record.candidate, *_PATHS.values(), f"Next: tradingbot validate {record.origin.config}"):
        assert words in text
    heads = [line for line in lines if line.startswith("Out of fold")]
    assert [all(head in line for head in _HEADS) for line in heads] == [True] * bool(record.scores)
    for one in record.scores:
        assert any(line.startswith(one.name) for line in lines)


def test_the_numbers_of_the_table_appear() -> None:
    text = " ".join(_printed(sample(), 80).split())
    assert "linear (baseline) 0.532 0.6891 0.2480 388 +0.8 1.04 0.31" in text
    assert "stack (traded) 0.566 0.6798 0.2435 412 +12.4 1.46 2.27" in text


def test_the_data_comes_first() -> None:
    lines = _printed(sample()).splitlines()
    assert lines[0].split() == ["follow", "BTCUSDT", "15m", "SYNTHETIC", "MARKET"]
    assert lines[1].strip() == "BTCUSDT-LINEAR.SIM, ETHUSDT-LINEAR.SIM"
    head = " ".join(lines[:4])
    for words in ("15m bars", "2022-02-04 to 2024-05-24", "costs 13.4 bp", "31.0 % up, 29.5 % down, 39.4 % neither"):
        assert words in head


def test_strengths_coverage_importance_and_search_are_summed_up() -> None:
    text = " ".join(_printed(sample()).split())
    for words in (
        "weak from 56.1 %, normal from 59.8 %, strong from 64.3 %",
        "target 60.0 %, realised 59.3 %; abstained on 61.3 %",
        f"{sample().importance[0].feature} +0.0036",
        "20 settings, best net Sharpe 3.18; 121 counted in the ledger",
        "! In 1 of 5 folds the model abstained always.",
    ):
        assert words in text


def test_a_model_that_never_trades_is_called_one() -> None:
    text = _printed(EVERY["silent"])
    assert "No trades: below threshold" in text
    assert "none is ever reached" in text
    assert "SYNTHETIC" not in text


def test_five_features_and_every_caution_are_shown_and_square_brackets_are_text() -> None:
    many = ("[red]9[/red]", *(f"caution {number}" for number in range(9)))
    text = _printed(sample().model_copy(update={"cautions": many, "candidate": "a[b]c[/b]"}))
    assert sample().importance[4].feature in text
    assert sample().importance[5].feature not in text
    assert [line for line in many if f"! {line}" not in text] == []
    assert "a[b]c[/b]" in text

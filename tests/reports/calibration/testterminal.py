# file: tests/reports/calibration/testterminal.py
from __future__ import annotations

from tests.reports.browser import printed
from tests.reports.calibration.samples import record
from tradingbot.reports.calibration.terminal import screen


def test_the_screen_shows_claims_rates_and_files() -> None:
    text = printed(screen(record(), {"html": "out/calibration.html"}))
    assert "noise is refused: holds, worst 5.0 % in iid-2y, limit 8.5 %" in text
    assert "5 % (2 to 11 %)" in text
    assert "html: out/calibration.html" in text
    assert "no fees" in text


def test_a_record_is_written_without_undefined_numbers() -> None:
    text = record().to_json()
    assert text.endswith("}\n")
    assert "NaN" not in text
    assert type(record()).model_validate_json(text) == record()

# file: tests/reports/validation/testterminal.py
from __future__ import annotations

import pytest

from tests.reports.browser import printed
from tests.reports.validation.samples import EVERY, sample
from tradingbot.core.portfolio.ratios import small_samples
from tradingbot.core.validation.record import ValidationRecord
from tradingbot.reports.validation.terminal import screen

_PATHS = {"html": "logs/validation/reversion/r/report.html", "json": "logs/validation/reversion/r/report.json"}


def _printed(record: ValidationRecord, width: int = 100) -> str:
    return printed(screen(record, _PATHS), width)


@pytest.mark.parametrize("kind", EVERY)
def test_a_validation_fits_one_screen(kind: str) -> None:
    record, text = EVERY[kind], _printed(EVERY[kind])
    assert len(text.splitlines()) <= 40
    assert max(map(len, text.splitlines())) <= 100
    for words in (record.verdict.value.replace("_", " "), record.verdict.reason, *_PATHS.values()):
        assert words in text
    for criterion in record.criteria:
        assert criterion.title in text


def _measured(record: ValidationRecord, **fields: object) -> ValidationRecord:
    measured = record.pooled.measured.model_copy(update=fields)
    return record.model_copy(update={"pooled": record.pooled.model_copy(update={"measured": measured})})


def test_ratios_of_a_small_sample_are_marked_with_the_reason() -> None:
    record = sample("fail")
    few = _measured(record, unreliable=small_samples(12, 7, ("sharpe", "profit_factor")))
    text = " ".join(_printed(few).split())
    value = next(one.value for one in record.criteria if one.name == "sharpe")
    assert f"{value:.2f}*" in text
    assert f"Sharpe {record.pooled.measured.sharpe:.2f} (from 12 days, 60 are needed)" in text
    assert "*" not in _printed(record)


def test_the_net_profit_is_given_with_what_was_realised() -> None:
    record = _measured(sample("pass"), net_pnl=1234.5, realised_pnl=-1000.25)
    assert "net +1,234.50 (\N{MINUS SIGN}1,000.25 realised)" in " ".join(_printed(record).split())


def test_a_looser_limit_is_a_warning() -> None:
    assert "! Sharpe ratio ≥ 1.00 is looser than the program's own ≥ 2.00" in _printed(sample("fail"))
    assert "looser" not in _printed(sample("pass"))


def test_every_caution_and_every_reason_is_shown_the_first_caution_first() -> None:
    record, many = sample("fail"), tuple(f"sentence {number}." for number in range(12))
    verdict = record.verdict.model_copy(update={"reasons": many, "settle": many})
    text = _printed(record.model_copy(update={"verdict": verdict, "cautions": many}))
    assert [line for line in many if text.count(f"- {line}") != 2 or f"! {line}" not in text] == []
    assert text[text.index("!") :].startswith("! sentence 0.")


def test_a_hard_rule_switched_off_is_said_first() -> None:
    off = sample("pass").model_copy(update={"switched_off": ("missing funding is allowed",)})
    assert "! missing funding is allowed" in _printed(off)


def test_what_does_not_hold_is_named() -> None:
    text = " ".join(_printed(sample("fail")).split())
    assert "1 of 6 pass, slippage x2 ✗ fail" in text
    assert "1 of 2 pass, high volatility ? unsettled" in text


def test_a_shock_that_is_not_applicable_is_no_pass_and_says_why() -> None:
    record, why = sample("pass"), "no trade and no day of this run came out otherwise: orders wait for the next open"
    idle = {"answer": "not_applicable", "reason": why}
    shocks = tuple(one.model_copy(update=idle) if one.kind == "latency" else one for one in record.shocks)
    text = " ".join(_printed(record.model_copy(update={"shocks": shocks})).split())
    assert f"4 of 4 pass, latency x5 - not applicable, latency x10 - not applicable - {why}" in text
    assert text.count(why) == 1


def test_a_narrow_terminal_gets_it_too() -> None:
    assert "Profit factor" in " ".join(_printed(sample("pass"), 72).split())


def test_square_brackets_are_text() -> None:
    record = sample("pass")
    verdict = record.verdict.model_copy(update={"reason": "limit [red]9[/red]"})
    assert "limit [red]9[/red]" in _printed(record.model_copy(update={"verdict": verdict, "candidate": "a[b]c[/b]"}))

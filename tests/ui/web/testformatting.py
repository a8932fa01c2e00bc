# file: tests/ui/web/testformatting.py
from __future__ import annotations

from decimal import Decimal

import pytest

from tests.ui.web.webfixture import standing
from tradingbot.core.lane import Lane
from tradingbot.core.messages.smallsample import SmallSample
from tradingbot.ui.web import formatting as wording


def test_numbers_are_written_for_people_with_a_true_minus() -> None:
    assert wording.money(Decimal("-1234567.891")) == "\u22121,234,567.89"
    assert wording.signed(Decimal("0.5")) == "+0.50"
    assert wording.percent(0.1234) == "12.3 %"
    assert wording.ratio(-0.4) == "\u22120.40"
    assert wording.count(1_412) == "1,412"


@pytest.mark.parametrize("write", [wording.money, wording.signed, wording.percent, wording.ratio])
def test_what_is_not_known_is_a_dash_and_no_zero(write: object) -> None:
    assert write(None) == "\u2013"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.5000", "0.5"), ("1E+3", "1,000"), ("1E-8", "0.00000001"), ("100", "100"), ("-0.119", "\u22120.119")],
)
def test_quantities_and_prices_are_exact_and_never_powers_of_ten(value: str, text: str) -> None:
    assert wording.plain(Decimal(value)) == text


def test_times_are_utc_and_never_is_a_dash() -> None:
    assert wording.moment(1_795_000_000_000_000_000) == "2026-11-18 11:06:40"
    assert wording.moment(0) == "\u2013"


def test_each_number_of_a_panel_has_its_formula() -> None:
    found = wording.figures(standing(), "USDT")
    assert [figure.key for figure in found] == list(wording.FORMULAS)
    assert all(figure.formula == wording.FORMULAS[figure.key] for figure in found)
    told = {figure.key: (figure.text, figure.tone) for figure in found}
    assert told["equity"] == ("12,705.29", 0)
    assert told["pnl"] == ("+2,705.29", 1)
    assert [figure.parts for figure in found if figure.parts] == ["realised +2,633.01, unrealised +72.28"]
    assert told["points"] == ("+18.8 R", 1)


def test_a_ratio_of_a_small_sample_says_why_it_means_little() -> None:
    few = (SmallSample("sharpe", "days", 12, 60), SmallSample("win_rate", "trades", 1, 30))
    said = {figure.key: figure.weak for figure in wording.figures(standing(unreliable=few), "USDT") if figure.weak}
    assert said == {"sharpe": "from 12 days, 60 are needed", "winrate": "from 1 trade, 30 are needed"}


def test_a_factor_below_one_is_bad_and_nothing_known_is_neither() -> None:
    tones = {figure.key: figure.tone for figure in wording.figures(standing(profit_factor=0.9, sharpe=None), "USD")}
    assert (tones["factor"], tones["sharpe"]) == (-1, 0)


def test_a_direction_has_an_arrow_beside_its_colour() -> None:
    assert [wording.sign_of(value) for value in (1.0, -1.0, 0.0, None)] == ["▲", "▼", "", ""]


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ("running", "good"),
        ("catching_up", "good"),
        ("finished", "quiet"),
        ("stalled", "warn"),
        ("dead", "bad"),
        ("failed", "bad"),
        ("given_up", "bad"),
    ],
)
def test_a_state_has_a_sign_and_one_that_nobody_knows_is_bad(state: str, tone: str) -> None:
    sign, found = wording.state_sign(state)
    assert (bool(sign), found) == (True, tone)
    assert wording.state_sign("whatever") == ("✕", "bad")


def test_only_who_passed_is_a_challenger_and_the_others_are_what_they_are() -> None:
    roles = ("champion", "challenger", "config", "not_passed", "demoted", "retired")
    told = ["★ champion", "challenger", "config", "✕ not passed", "▼ demoted", "■ retired"]
    assert [wording.role_word(role) for role in roles] == told


def test_every_lane_has_a_name() -> None:
    assert [wording.lane_name(lane) for lane in Lane] == ["Crypto spot", "Crypto futures", "Forex", "Options"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("11.010000000000002", "11.01"),
        ("8.309999999999999", "8.31"),
        ("51802.1", "51,802.1"),
        ("0.000012345", "0.000012345"),
        ("-0.5", "\u22120.5"),
    ],
)
def test_a_price_is_what_a_venue_quotes_and_not_what_a_float_left(value: str, text: str) -> None:
    assert wording.price(Decimal(value)) == text


def test_a_price_that_is_none_is_a_dash() -> None:
    assert wording.price(None) == "\u2013"


def test_a_day_is_short() -> None:
    assert wording.day(1_795_000_000_000_000_000) == "18 Nov 2026"


@pytest.mark.parametrize(
    ("kind", "tone"), [("trade", "quiet"), ("drift", "warn"), ("killed", "bad"), ("given up", "bad"), ("new", "quiet")]
)
def test_what_happened_has_a_sign_beside_its_colour(kind: str, tone: str) -> None:
    sign, found = wording.kind_sign(kind)
    assert (bool(sign), found) == (True, tone)


@pytest.mark.parametrize(
    ("kind", "word"),
    [("given up", "crash loop, stopped"), ("given_up", "crash loop, stopped"), ("disarmed", "live trading disabled"),
     ("parity_equal", "parity equal"), ("trade", "trade")],
)  # fmt: skip
def test_events_have_the_words_people_use(kind: str, word: str) -> None:
    assert wording.kind_word(kind) == word

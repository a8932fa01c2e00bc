# file: tests/cli/testrisk.py
from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tradingbot.cli.risk import risk_app
from tradingbot.core.errors import BadInput

_ASKED = ["explain", "--lane", "cryptofutures", "--equity", "5000", "--price", "100", "--stop", "98"]


def test_the_json_has_every_number_on_the_way() -> None:
    found = json.loads(CliRunner().invoke(risk_app, [*_ASKED, "--strength", "strong", "--json"]).output)
    assert found == {
        "equity": 5000.0, "policy": "risk fraction", "tier_fraction": 0.02, "drawdown_penalty": 0.0,
        "risk_fraction": 0.02, "signal_weight": 1.5, "sl_distance": 0.02, "price": 100.0, "size": 75.0,
        "notional": 7500.0, "risk": 150.0, "cut": None, "approved": 75.0, "refused": None, "rule": None,
    }  # fmt: skip


def test_the_table_reads_from_equity_to_answer() -> None:
    said = CliRunner().invoke(risk_app, _ASKED).output
    steps = ["equity", "fraction of the tier", "= risk fraction", "x signal weight", "/ stop distance", "= size"]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert "the desk would approve 50" in said


def test_a_cut_is_told_with_both_sizes_and_its_rule() -> None:
    # 5,000 x 0.02 / 0.50 = 200, worth 20,000; twice equity is 10,000: 100.
    asked = [*_ASKED[:-1], "99.5"]
    found = json.loads(CliRunner().invoke(risk_app, [*asked, "--json"]).output)
    assert (found["size"], found["approved"], found["rule"]) == (200.0, 100.0, "position_leverage")
    assert found["cut"].endswith("the limit is 10000.00, 2 times; cut from 200 to 100")
    said = " ".join(CliRunner().invoke(risk_app, asked).output.split())
    assert "= size 200" in said
    assert "cut the trade: the position would be 20000.00, 4.00 times equity" in said
    assert "the desk would approve 100" in said


def test_a_refusal_is_told_with_its_rule() -> None:
    said = CliRunner().invoke(risk_app, [*_ASKED[:-1], "80", "--json"]).output
    found = json.loads(said)
    assert found["rule"] == "stop_distance"
    assert found["refused"] == "the trade: the stop was 20.00% away, the limit is 15.00%"


@pytest.mark.parametrize("value", ["ten", "nan", "inf"])
def test_what_is_no_number_is_told(value: str) -> None:
    with pytest.raises(BadInput, match=rf"--equity was '{value}', allowed is a number"):
        CliRunner().invoke(risk_app, [*_ASKED[:4], value, *_ASKED[5:]], catch_exceptions=False)

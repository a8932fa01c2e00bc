# file: tests/core/runtime/testresult.py
from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.messages.approval import Cut
from tradingbot.core.runtime.result import Result


def test_equal_runs_differ_in_their_timing_alone(usual: Any) -> None:
    result: Result = usual.result
    slower = replace(result, run=replace(result.run, seconds=99.0))
    one, other = json.loads(result.to_json()), json.loads(slower.to_json())
    assert one["run"].pop("seconds") == 1.25
    assert one["run"].pop("bars_per_second") == 82944.0
    del other["run"]["seconds"], other["run"]["bars_per_second"]
    assert one == other


def test_another_trade_is_another_hash(usual: Any) -> None:
    result: Result = usual.result
    less = replace(result, trades=result.trades[1:])
    assert less.to_dict()["run"]["result_sha256"] != result.to_dict()["run"]["result_sha256"]  # type: ignore[index]


def test_the_hash_can_be_checked_from_the_file(usual: Any) -> None:
    found = json.loads(usual.result.to_json())
    said = found["run"].pop("result_sha256")
    del found["run"]["seconds"], found["run"]["bars_per_second"]
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == said


def test_the_file_is_stable_and_ends_with_a_newline(fake: Any) -> None:
    one, other = fake(trades=20).result.to_json(), fake(trades=20).result.to_json()
    assert one == other
    assert one.endswith("}\n")
    assert json.loads(one) == json.loads(json.dumps(fake(trades=20).result.to_dict()))


def test_the_file_has_what_its_readers_ask_for(usual: Any) -> None:
    found = json.loads(usual.result.to_json())
    assert set(found) == {
        "name", "lane", "realism", "currency", "instruments", "bar", "start", "end", "strategies", "data", "summary",
        "trades", "open", "equity", "transfers", "intents", "refused", "refusals_by_rule", "cut", "events", "warnings",
        "costs", "run", "coverage",
    }  # fmt: skip
    assert set(found["refused"][0]) == {"time", "instrument", "strategy", "rule", "was", "limit", "sentence"}
    assert set(found["equity"][0]) == {"time", "equity"}


def test_what_was_cut_is_told_with_the_rule_and_both_sizes(usual: Any) -> None:
    cut = Cut("S", "I", 0, "asset_exposure", "12.00", "10.00", Decimal("1.5"), Decimal("1.25"), "I: too large; cut")
    found = replace(usual.result, cut=[cut]).to_dict()["cut"]
    assert found == [
        {
            "time": "1970-01-01T00:00:00Z", "instrument": "I", "strategy": "S", "rule": "asset_exposure",
            "was": "12.00", "limit": "10.00", "sentence": "I: too large; cut", "wanted": 1.5, "allowed": 1.25,
        }
    ]  # fmt: skip


def test_costs_lead_from_price_profit_to_net(usual: Any) -> None:
    found = json.loads(usual.result.to_json())
    parts = found["costs"]
    net = parts["before_costs"] - parts["slippage"] - parts["fees"] + parts["funding"]
    assert net == pytest.approx(parts["net"])
    assert parts["net"] == pytest.approx(sum(trade["pnl"] for trade in found["trades"]))
    assert parts["net"] == pytest.approx(found["summary"]["net_pnl"])


def test_an_open_trade_among_the_closed_is_refused(usual: Any) -> None:
    still = replace(usual.result.trades[0], exit_time=None, exit_price=None)
    with pytest.raises(RunFailed, match=r"exit of trade 1 .* was None among the trades, which are closed"):
        replace(usual.result, trades=[still])
    with pytest.raises(RunFailed, match=r"exit of trade 1 .* among the open"):
        replace(usual.result, open=[usual.result.trades[0]])


def test_a_run_that_was_not_timed_has_no_speed(usual: Any) -> None:
    assert replace(usual.result.run, seconds=0.0).timing() == {"seconds": 0.0, "bars_per_second": None}

# file: tests/core/switches/testenabled.py
from __future__ import annotations

import json
from typing import Any

import pytest

from tradingbot.core.lane import Lane
from tradingbot.core.switches.enabled import Enabled
from tradingbot.core.switches.holder import Holder

ON = Enabled(Lane.FOREX, 7, "ann", "it is time\né", Holder(12, 34))


def test_it_is_read_as_it_was_written() -> None:
    assert Enabled.from_json(ON.to_json().encode(), Lane.FOREX) == ON


@pytest.mark.parametrize(
    "change",
    [
        {"lane": "options"}, {"ts": "7"}, {"ts": True}, {"by": 1}, {"reason": None}, {"node": 12},
        {"node": {"pid": 12}}, {"node": {"pid": 12, "since": 1.5}}, {"node": {"pid": 12, "since": 34, "more": 1}},
        {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_anything_else_is_none(change: dict[str, Any]) -> None:
    row = json.loads(ON.to_json()) | change
    with pytest.raises(ValueError, match=r"allowed|numbers|texts"):
        Enabled.from_json(json.dumps(row).encode(), Lane.FOREX)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"5"])
def test_what_is_no_object_is_none(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Enabled.from_json(data, Lane.FOREX)

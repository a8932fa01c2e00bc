# file: tests/core/registry/testshapes.py
from __future__ import annotations

import math
from typing import Any

import pytest

from tests.core.registry.samples import NOW, unsigned
from tradingbot.core.errors import BadInput
from tradingbot.core.registry.shapes import is_name

WRONG: dict[str, list[Any]] = {
    "candidate": ["", ".", "..", "a/b", "../a", ".a", "a b", "a\n", "ä", "a" * 129, 5, None],
    "run": ["", "..", "a/b", "a\0", None],
    "issued_ns": [-1, 2**63, 1.0, True, "1", None, NOW + 10**17],
    "expires_ns": [-1, 2**63, 1.0, False, "1", None, NOW, NOW - 1],
    "report_sha256": ["", "A" * 64, "a" * 63, None],
    "trials_head": ["", "g" * 64, "a" * 65, 1],
    "thresholds": [None, [], "x", {"": 1}, {1: 1}, {"a": None}, {"a": True}, {"a": math.nan}, {"a": -math.inf}],
    "config_path": ["", "a\0b", "a\nb", None],
    "settings": ["seed=7", [1], (1,), None],
    "verdict": ["", "FAIL", "pass", "PASS\n", "INSUFFICIENT_EVIDENCE", None, True],
    "key": ["a", "A" * 64, None],
    "signature": ["a", "A" * 128, "a" * 64, None],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_field_of_the_wrong_shape_is_refused_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(BadInput, match=r"^certificate: ") as refused:
        unsigned(**{name: value})
    assert name.removesuffix("s").removesuffix("_n") in str(refused.value)
    assert ", allowed " in str(refused.value)


@pytest.mark.parametrize("name", ["a", "Trend-1", "2024-01-01T00:00:00", "a.b_c@d+e=f"])
def test_names_may_hold_what_no_folder_minds(name: str) -> None:
    assert is_name(name)
    assert unsigned(candidate=name).candidate == name

# file: tests/core/registry/testparts.py
from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.registry.samples import PARTS, sha
from tradingbot.core.errors import BadInput
from tradingbot.core.registry.parts import NAMES, OPTIONAL, Parts, differences


def test_parts_are_a_mapping_in_the_order_of_the_names() -> None:
    parts = Parts(dict(reversed(PARTS.items())))
    assert tuple(parts) == NAMES
    assert len(parts) == len(NAMES)
    assert parts == PARTS
    assert parts["data"] == sha("data")
    assert "data" in repr(parts)
    assert pickle.loads(pickle.dumps(parts)) == parts  # noqa: S301 - our own


def test_what_was_handed_in_can_change_without_changing_the_parts() -> None:
    found = dict(PARTS)
    parts = Parts(found)
    found["data"] = sha("other")
    assert parts["data"] == sha("data")


def test_a_candidate_without_a_model_has_neither_model_nor_features() -> None:
    assert set(NAMES) - set(Parts({name: PARTS[name] for name in NAMES if name not in OPTIONAL})) == set(OPTIONAL)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OPTIONAL])
def test_a_part_that_every_candidate_has_cannot_be_left_out(name: str) -> None:
    with pytest.raises(BadInput, match=f"^parts had no {name}, only model and features may be absent$"):
        Parts({key: value for key, value in PARTS.items() if key != name})


def test_an_unknown_part_is_named_with_those_allowed() -> None:
    with pytest.raises(BadInput, match=r"^parts had luck, allowed are strategy, params, model, features, data, config"):
        Parts(PARTS | {"luck": sha("luck")})


@pytest.mark.parametrize("value", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n", 5, None])
def test_a_value_that_is_no_hash_is_refused(value: Any) -> None:
    with pytest.raises(BadInput, match=r"^part data was .*, allowed is a sha256 of 64 lowercase hex digits$"):
        Parts(PARTS | {"data": value})


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["changed", "gone"])))
def test_exactly_the_parts_that_changed_appeared_or_vanished_are_named(drift: dict[str, str]) -> None:
    now = {
        name: sha("other") if drift.get(name) == "changed" else value
        for name, value in PARTS.items()
        if drift.get(name) != "gone"
    }
    assert differences(PARTS, now) == [name for name in NAMES if name in drift]
    assert differences(now, PARTS) == differences(PARTS, now)

# file: tests/core/registry/testcertificate.py
from __future__ import annotations

import json
import math
import pickle
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.core.registry.samples import HEAD, KEY, NOW, PARTS, sha, signed, unsigned
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.registry.certificate import NAMES, OPTIONAL, Certificate, Parts, differences, is_name, sign, verify
from tradingbot.core.registry.signing import fingerprint

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


def test_parts_are_a_mapping_in_the_order_of_the_names() -> None:
    parts = Parts(dict(reversed(PARTS.items())))
    assert (tuple(parts), len(parts), parts["data"]) == (NAMES, len(NAMES), sha("data"))
    assert parts == PARTS == pickle.loads(pickle.dumps(parts))  # noqa: S301 - our own
    assert "data" in repr(parts)
    # A candidate without a model has neither model nor features.
    assert set(NAMES) - set(Parts({name: PARTS[name] for name in NAMES if name not in OPTIONAL})) == set(OPTIONAL)


def test_a_part_that_every_candidate_has_cannot_be_left_out_and_an_unknown_one_is_refused() -> None:
    for name in set(NAMES) - set(OPTIONAL):
        with pytest.raises(BadInput, match=f"^parts had no {name}, only model and features may be absent$"):
            Parts({key: value for key, value in PARTS.items() if key != name})
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


TEXT = signed().to_json()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))

OTHERS: dict[str, Any] = {
    "candidate": "trend-2",
    "run": "run-2",
    "issued_ns": NOW - 1,
    "expires_ns": NOW + 1,
    "report_sha256": sha("other"),
    "trials_head": sha("other"),
    "thresholds": {"sharpe": 0.1, "trades": 500, "unit": "share"},
    "config_path": "config/backtests/other.json",
    "settings": [],
    "signature": "0" * 128,
}


def written(row: Any) -> str:
    return json.dumps(row, sort_keys=True, separators=(",", ":"))


def checked(text: str) -> Certificate:
    """Read and verify, as the registry does."""
    found = Certificate.from_json(text)
    verify(found, KEY.public_key())
    return found


def test_a_signed_certificate_survives_being_written_and_read_and_is_signed_alike_again() -> None:
    assert checked(TEXT) == signed() == signed()
    assert checked(TEXT).to_json() == TEXT
    assert (json.loads(TEXT)["settings"], signed().key) == (["seed=7"], fingerprint(KEY.public_key()))
    verify(sign(sign(unsigned(), OTHER), KEY), KEY.public_key())


def test_nothing_can_be_changed_in_place_or_through_what_was_handed_in() -> None:
    limits, parts = {"sharpe": 2.0}, dict(PARTS)
    found = unsigned(thresholds=limits, parts=parts)
    limits["sharpe"], parts["data"] = 0.0, sha("other")
    assert (found.thresholds, found.parts) == ({"sharpe": 2.0}, PARTS)
    with pytest.raises(FrozenInstanceError):
        found.run = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.parts["data"] = sha("other")  # type: ignore[index]
    with pytest.raises(TypeError):
        found.thresholds["sharpe"] = 0.0  # type: ignore[index]


def test_every_field_has_a_mutation_below() -> None:
    names = {part.name for part in fields(Certificate)}
    assert set(OTHERS) | {"parts", "verdict", "key"} == names == set(json.loads(TEXT))


LEFT = [{key: value for key, value in PARTS.items() if key != name} for name in ("model", "features")]


@pytest.mark.parametrize(
    ("name", "value"),
    [*OTHERS.items(), *(("parts", PARTS | {name: HEAD}) for name in NAMES), *(("parts", left) for left in LEFT)],
)
def test_another_value_in_any_field_or_part_does_not_fit_the_signature(name: str, value: Any) -> None:
    text = written(json.loads(TEXT) | {name: value})
    with pytest.raises(PolicyRefused, match=r"does not fit its signature: it was changed$"):
        checked(text)


def test_a_verdict_that_is_no_pass_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^certificate: verdict was 'FAIL', allowed is PASS$"):
        checked(TEXT.replace('"verdict":"PASS"', '"verdict":"FAIL"'))


@pytest.mark.parametrize("name", sorted(json.loads(TEXT)))
def test_a_missing_and_an_unknown_key_are_named(name: str) -> None:
    row = json.loads(TEXT)
    del row[name]
    with pytest.raises(BadInput, match=f"^certificate: {name} is missing$"):
        checked(written(row))
    with pytest.raises(BadInput, match=r"^certificate: amount, luck are unknown$"):
        checked(written(json.loads(TEXT) | {"luck": 1, "amount": 2}))


@pytest.mark.parametrize("name", sorted(json.loads(TEXT)))
@pytest.mark.parametrize("value", [None, True, -1, 0.5, [1], {"a": 1}, "\ud800"])
def test_a_value_of_another_type_is_refused(name: str, value: Any) -> None:
    with pytest.raises((BadInput, PolicyRefused)):
        checked(written(json.loads(TEXT) | {name: value}))


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "null", "5", TEXT[:-1], TEXT + "\n", " " + TEXT, TEXT + TEXT, "[" * 100_000, "9" * 5_000,
     TEXT.replace(":", ": ", 1), TEXT[:-1] + ',"run":"run-1"}', TEXT.replace("2.0", "2.00"), TEXT.replace("2.0", "2"),
     TEXT.replace("2.0", "NaN"), TEXT.replace("2.0", "1e999"), TEXT.replace("run-1", "run\\u002d1"),
     json.dumps(json.loads(TEXT), separators=(",", ":"), sort_keys=True)[::-1], unsigned().to_json()],
    ids=lambda text: repr(text[-24:]),
)  # fmt: skip
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises((BadInput, PolicyRefused)):
        checked(text)


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 127))
def test_no_other_sign_at_any_place_passes(place: int, flip: int) -> None:
    other = chr(ord(TEXT[place]) ^ flip)
    with pytest.raises((BadInput, PolicyRefused)):
        checked(TEXT[:place] + other + TEXT[place + 1 :])


def test_no_bit_flipped_anywhere_passes() -> None:
    for place, sign_ in enumerate(TEXT):
        with pytest.raises((BadInput, PolicyRefused)):
            checked(TEXT[:place] + chr(ord(sign_) ^ 1) + TEXT[place + 1 :])


@given(st.integers(0, len(TEXT)), st.integers(0, 40), st.text(max_size=3))
def test_nothing_cut_out_or_put_in_passes(place: int, length: int, put: str) -> None:
    text = TEXT[:place] + put + TEXT[place + length :]
    if text != TEXT:
        with pytest.raises((BadInput, PolicyRefused)):
            checked(text)


def test_a_certificate_of_another_key_is_told_by_both_fingerprints() -> None:
    theirs, ours = fingerprint(OTHER.public_key())[:16], fingerprint(KEY.public_key())[:16]
    sentence = f"^the certificate of trend-1 was signed with key {theirs}, allowed is {ours}$"
    with pytest.raises(PolicyRefused, match=sentence):
        verify(sign(unsigned(), OTHER), KEY.public_key())
    # Naming our key does not make their signature ours.
    forged = replace(sign(unsigned(), OTHER), key=fingerprint(KEY.public_key()))
    with pytest.raises(PolicyRefused, match="does not fit its signature"):
        verify(forged, KEY.public_key())


def test_a_certificate_that_was_never_signed_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="was signed with key none, allowed is "):
        verify(unsigned(), KEY.public_key())
    named = unsigned(key=fingerprint(KEY.public_key()))
    with pytest.raises(PolicyRefused, match="does not fit its signature"):
        verify(named, KEY.public_key())
    # Nor is a signature over the bare text one of a certificate.
    bare = named.signed_bytes().partition(b"\n")[2]
    with pytest.raises(PolicyRefused, match="does not fit its signature"):
        verify(replace(named, signature=KEY.sign(bare).hex()), KEY.public_key())


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
        max_size=5,
    )
)
def test_any_thresholds_survive_being_written_and_read(limits: dict[str, Any]) -> None:
    found = signed(thresholds=limits)
    again = checked(found.to_json())
    assert again == found
    assert {name: type(limit) for name, limit in again.thresholds.items()} == {
        name: type(limit) for name, limit in limits.items()
    }

# file: tests/learning/checks/testframes.py
from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tradingbot.learning.checks.frames import Rule, faults_of

A, B = np.arange(5.0), np.arange(5)[::-1].astype(float)
KINDS = {"a": "float64", "b": "float64"}
SMALL: Rule = ("was not below 3", lambda column: column < 3)
ORDER: Rule = ("a was above b", lambda frame: frame.a <= frame.b)


def test_a_column_rule_is_told_with_its_column_and_rows() -> None:
    found = faults_of({"a": A, "b": B}, KINDS, {"a": [SMALL]})
    assert [(fault.sentence, fault.rows.tolist()) for fault in found] == [("a was not below 3", [3, 4])]


def test_a_rule_over_all_columns_is_told_with_its_rows() -> None:
    found = faults_of({"a": A, "b": B}, KINDS, {}, [ORDER])
    assert [(fault.sentence, fault.rows.tolist()) for fault in found] == [("a was above b", [3, 4])]


def test_nan_fails_a_rule_that_is_false_of_it() -> None:
    found = faults_of({"a": np.array([1.0, np.nan]), "b": B[:2]}, KINDS, {"a": [SMALL]})
    assert [fault.rows.tolist() for fault in found] == [[1]]


def test_another_type_is_told_by_column() -> None:
    found = faults_of({"a": A.astype(np.float32), "b": B}, KINDS, {})
    assert [fault.sentence for fault in found] == ["expected series 'a' to have type float64, got float32"]


@pytest.mark.parametrize("columns", [{"a": A}, {"a": A, "b": B, "c": A}])
def test_a_column_too_few_or_too_many_is_told(columns: dict[str, np.ndarray]) -> None:
    found = faults_of(columns, KINDS, {})
    assert len(found) == 1
    assert ("'b'" if len(columns) == 1 else "'c'") in found[0].sentence


def test_what_is_right_is_not_changed_and_nothing_is_told() -> None:
    kept = A.copy()
    assert faults_of({"a": A, "b": B}, KINDS, {"a": [("x", lambda column: column >= 0)]}) == []
    assert (kept == A).all()


def test_pandera_is_not_loaded_before_the_first_frame() -> None:
    program = "import sys, tradingbot.learning.datachecks; assert not {'pandas', 'pandera'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)

# file: tests/learning/training/testrecord.py
from __future__ import annotations

import json
import math

import pytest
from pydantic import ValidationError

from tests.reports.training.samples import EVERY, sample
from tradingbot.learning.training.record import Importance, TrainedFold, TrainingRecord


@pytest.mark.parametrize("kind", EVERY)
def test_a_record_comes_back_from_its_file(kind: str) -> None:
    record = EVERY[kind]
    found = json.loads(record.to_json())
    assert found.pop("sha256") == record.sha256
    assert TrainingRecord.model_validate(found) == record


def test_the_hash_leaves_out_how_long_it_took_and_nothing_else() -> None:
    record = sample()
    slower = record.model_copy(update={"origin": record.origin.model_copy(update={"seconds": 9.0})})
    other = record.model_copy(update={"origin": record.origin.model_copy(update={"seed": 8})})
    assert slower.sha256 == record.sha256
    assert other.sha256 != record.sha256


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_undefined_is_none_in_the_record(value: float) -> None:
    fold = sample().folds[0].model_dump() | {"auc": value, "sharpe": value}
    found = TrainedFold.model_validate(fold)
    assert (found.auc, found.sharpe) == (None, None)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_must_be_one_is_refused_otherwise(value: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Importance(feature="momentum 24", rise=value, error=0.1)

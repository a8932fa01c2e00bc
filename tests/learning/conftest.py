# file: tests/learning/conftest.py
"""One small home and one model trained on its market, for all tests that change neither."""

from __future__ import annotations

from typing import Any

import pytest

from tests.learning.modelfixture import Heard, Studio, recipe
from tradingbot.core.arrays import Floats
from tradingbot.learning.features.featurestream import FeatureStream
from tradingbot.learning.models.artefact import Artefact


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    studio = Studio(tmp_path_factory.mktemp("studio"))
    studio.walk()
    return studio


@pytest.fixture(scope="session")
def model(studio: Studio) -> Artefact:
    return studio.taught(recipe())


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What every feature stream computes during the test."""
    found: Heard = {}
    update = FeatureStream.update

    def hear(self: FeatureStream, bar: Any) -> Floats:
        values = update(self, bar)
        found.setdefault(id(self), []).append((bar.ts_event, values.copy()))
        return values

    monkeypatch.setattr(FeatureStream, "update", hear)
    return found

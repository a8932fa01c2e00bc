# file: tests/learning/conftest.py
"""One small home and one model trained on its market, for all tests that change neither."""

from __future__ import annotations

import pytest

from tests.learning.modelfixture import Studio, recipe
from tradingbot.learning.models.artefact import Artefact


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    studio = Studio(tmp_path_factory.mktemp("studio"))
    studio.walk()
    return studio


@pytest.fixture(scope="session")
def model(studio: Studio) -> Artefact:
    return studio.taught(recipe())

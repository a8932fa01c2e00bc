# file: tests/core/runtime/supervisor/conftest.py
from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.runtime.supervisor.supervisorfixture import Strings, strings


@pytest.fixture
def stage() -> Iterator[Strings]:
    with strings() as found:
        yield found

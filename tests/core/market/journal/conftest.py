# file: tests/core/market/journal/conftest.py
"""A feed's journal beside a catalog, which the tests of the journal share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tradingbot.core.market.journal.writer import FeedJournal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[FeedJournal]:
    written = FeedJournal(tmp_path / "feeds" / "bybit.db", pid=42)
    yield written
    written.close()

# file: tests/core/market/importers/conftest.py
"""Read a whole small file the way the product does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tradingbot.core.market.chunks import Chunk, join
from tradingbot.core.market.columns import Kind
from tradingbot.core.market.importers.opening import open_source
from tradingbot.core.market.importers.recipe import ReadOptions, Source

type Reader = Callable[..., tuple[Source, Chunk]]
type Writer = Callable[[str, str | bytes], Path]


@pytest.fixture
def read() -> Reader:
    def whole(path: Path, kind: Kind, options: ReadOptions | None = None) -> tuple[Source, Chunk]:
        source = open_source(path, kind, options)
        first, again = list(source.chunks()), list(source.chunks())
        assert len(first) == len(again), "chunks() must start anew"
        return source, join(first)

    return whole


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written

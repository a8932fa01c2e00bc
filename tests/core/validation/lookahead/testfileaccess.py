# file: tests/core/validation/lookahead/testfileaccess.py
from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from tradingbot.core.validation.lookahead.fileaccess import Allowed, foreign_reads


def _write(path: Path) -> None:
    table = pa.table({"x": [1.0]})
    match path.suffix:
        case ".parquet":
            pq.write_table(table, path)
        case ".npy":
            np.save(path, np.ones(1))
        case ".feather":
            pyarrow.feather.write_feather(table, path)
        case ".db":
            sqlite3.connect(path).close()
        case _:
            path.write_text("1\n", encoding="utf-8")


DOORS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "text": ("a.csv", lambda path: path.read_text(encoding="utf-8")),
    "bytes as a name": ("a.csv", lambda path: closing(os.fdopen(os.open(os.fsencode(path), os.O_RDONLY))).__exit__()),
    "numpy": ("a.npy", np.load),
    "numpy mapped": ("a.npy", lambda path: np.load(path, mmap_mode="r").sum()),
    "parquet table": ("a.parquet", lambda path: pq.read_table(path)),
    "parquet file": ("a.parquet", lambda path: pq.ParquetFile(str(path)).close()),
    "arrow csv": ("a.csv", lambda path: pyarrow.csv.read_csv(str(path))),
    "arrow dataset": ("a.parquet", lambda path: pyarrow.dataset.dataset(str(path)).to_table()),
    "feather": ("a.feather", lambda path: pyarrow.feather.read_table(str(path))),
    "database": ("a.db", lambda path: sqlite3.connect(path).close()),
    "folder": ("a.csv", lambda path: [*path.parent.iterdir()]),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_foreign_file_is_noticed(tmp_path: Path, door: str) -> None:
    name, read = DOORS[door]
    inside = tmp_path / "elsewhere"
    inside.mkdir()
    _write(inside / name)
    with foreign_reads(Allowed((tmp_path / "home",))) as found:
        read(inside / name)
    assert str(inside if door == "folder" else inside / name) in found


def test_a_file_that_is_allowed_or_only_written_is_not_noticed(tmp_path: Path) -> None:
    _write(tmp_path / "a.parquet")
    with foreign_reads(Allowed((tmp_path,))) as found:
        pq.read_table(tmp_path / "a.parquet")
    assert found == []
    with foreign_reads(Allowed(())) as found:
        (tmp_path / "log.txt").write_text("done", encoding="utf-8")
    assert found == []


def test_among_the_settings_a_table_is_noticed_and_json_is_not(tmp_path: Path) -> None:
    for name in ("a.json", "a.csv"):
        _write(tmp_path / name)
    with foreign_reads(Allowed((), (tmp_path,))) as found:
        for name in ("a.json", "a.csv"):
            (tmp_path / name).read_text(encoding="utf-8")
    assert found == [str(tmp_path / "a.csv")]


def test_a_link_does_not_hide_where_a_file_lies(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    _write(tmp_path / "a.csv")
    (tmp_path / "home" / "a.csv").symlink_to(tmp_path / "a.csv")
    with foreign_reads(Allowed((tmp_path / "home",))) as found:
        (tmp_path / "home" / "a.csv").read_text(encoding="utf-8")
    assert len(found) == 1

# file: tests/learning/features/testcompiledfeatures.py
from __future__ import annotations

import importlib.util
import itertools
import linecache
from pathlib import Path
from typing import Any

import pytest

from tradingbot.learning.features.catalogue import feature
from tradingbot.learning.features.compiledfeatures import code_hash, compiled_step, plan_of, state_of


def test_what_is_compiled_is_kept_on_disk_under_the_hash_of_the_code() -> None:
    held = [cell.cell_contents for cell in compiled_step().py_func.__closure__]  # type: ignore[attr-defined]
    assert len(held) == 1
    assert isinstance(held[0], int)
    assert held[0] > 2**32


def test_the_ring_buffer_keeps_twice_what_the_longest_feature_needs_and_holds_nothing_yet() -> None:
    plan = plan_of([feature("momentum 24"), feature("volratio 12 96")])
    ring, out = state_of(plan, 2, 3, 8)
    assert ring.shape[1] == 2 * 97
    assert out[:3].tolist() == [100, 1000, 1e8]
    assert (ring != ring).all()
    assert (out[3:] != out[3:]).all()


CODE = """
from numba import njit
FACTOR = 2.0
OTHER = 5.0

@njit
def inner(x):
    return x * FACTOR

@njit
def outer(x):
    return inner(x) + 1.0

@njit
def unused(x):
    return x * OTHER
"""
NUMBERS = itertools.count()


def _hash(folder: Path, code: str) -> str:
    path = folder / f"kernels{next(NUMBERS)}.py"
    path.write_text(code)
    linecache.checkcache()
    spec = importlib.util.spec_from_file_location("kernels", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return code_hash([module.outer])


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        ("+ 1.0", "+ 1.5", False),
        ("x * FACTOR", "x / FACTOR", False),
        ("FACTOR = 2.0", "FACTOR = 3.0", False),
        ("@njit\n", "@njit(fastmath=True)\n", False),
        ("x * OTHER", "x", True),
        ("OTHER = 5.0", "OTHER = 6.0", True),
        ("\n\n", "\n\n\n", True),
    ],
)
def test_a_change_of_used_code_or_constants_alone_changes_the_hash(
    was: str, now: str, same: bool, tmp_path: Path
) -> None:
    assert (_hash(tmp_path, CODE.replace(was, now)) == _hash(tmp_path, CODE)) is same

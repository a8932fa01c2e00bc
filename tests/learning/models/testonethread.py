# file: tests/learning/models/testonethread.py
from __future__ import annotations

from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

from tradingbot.learning.models.onethread import one_thread


def _threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_inside_there_is_one_thread_and_outside_what_there_was() -> None:
    before = _threads()
    with one_thread():
        assert before
        assert set(_threads()) == {1}
        with one_thread():
            pass
        assert set(_threads()) == {1}
    assert _threads() == before

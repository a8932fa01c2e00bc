# file: tests/conftest.py
"""What every test shares: an installation of nobody's, repeatable property tests, real data where there is some."""

from __future__ import annotations

import compileall
import gc
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Derandomised: the same commit gives the same verdict on every machine. Deadlines measure the machine, not the code.
settings.register_profile("house", deadline=None, derandomize=True, database=None, max_examples=50)
settings.load_profile("house")

pytest_plugins = ["tests.installedwheel", "tests.resultfixture", "tests.trainedhome"]

_GARBAGE = 20_000

_ROOT = Path(__file__).resolve().parents[1]
_REALDATA = Path(os.environ.get("TRADINGBOT_REALDATA") or _ROOT.parent / "shared" / "data")


@pytest.fixture(scope="session", autouse=True)
def _home_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Keep runs out of the trial ledger of the repository's own home, and of an inherited one."""
    with pytest.MonkeyPatch.context() as patch:
        home = str(tmp_path_factory.mktemp("home"))
        patch.setenv("TRADINGBOT_HOME", home)
        yield home


@pytest.fixture(autouse=True)
def _no_inherited_home(monkeypatch: pytest.MonkeyPatch, _home_of_nobody: str) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", _home_of_nobody)


@pytest.fixture(scope="session", autouse=True)
def _collected_by_this_thread() -> Iterator[None]:
    """Keep Python's collector out of other threads: it would drop there what the engine made here, which aborts.

    Exceptions that a test expected hold whole engines in cycles. `pytest_runtest_teardown` collects instead.
    """
    gc.disable()
    yield
    gc.enable()


def pytest_configure() -> None:
    """Hear Ctrl-C and a hang-up: background jobs and nohup are deaf to them, and so are processes that tests start.

    Compile the product as well, which many tests start in processes of its own: each would compile it anew.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for folder in ("tradingbot", "strategies", "adapters"):
        compileall.compile_dir(_ROOT / folder, quiet=2)


def pytest_collection_finish() -> None:
    """Spare the collector what stays for good: modules, and thousands of tests."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown() -> None:
    """Collect between tests, in their thread, when much has gathered."""
    if gc.get_count()[0] > _GARBAGE:
        gc.collect()


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Write out what is no Unicode, which cannot go from one of several test processes to the one that reports."""
    return _written_out((yield))


def _written_out(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode(errors="backslashreplace").decode()
    if isinstance(data, dict):
        return {key: _written_out(value) for key, value in data.items()}
    return [_written_out(value) for value in data] if isinstance(data, list | tuple) else data


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests marked `realdata` where there is no such folder."""
    if _REALDATA.is_dir():
        return
    for item in items:
        if item.get_closest_marker("realdata"):
            item.add_marker(
                pytest.mark.skip(reason=f"no real market data in {_REALDATA}; TRADINGBOT_REALDATA names it")
            )


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real market data, for tests marked `realdata`."""
    return _REALDATA

# file: tests/cli/conftest.py
"""A home of its own for every test, and the command line inside the test's process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clirunner import Program, spoken
from tradingbot.cli.app import app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ann")
    monkeypatch.delenv("TRADINGBOT_SIGNING_KEY", raising=False)
    return tmp_path


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    return spoken(app, monkeypatch, capsys)

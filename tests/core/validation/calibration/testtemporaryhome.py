# file: tests/core/validation/calibration/testtemporaryhome.py
from __future__ import annotations

import os
from pathlib import Path

import pytest

from tradingbot.core.config.home import home as lived_in
from tradingbot.core.validation.calibration.temporaryhome import temporary_home


def test_a_stay_moves_into_an_empty_home_and_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setenv("TRADINGBOT_SIGNING_KEY", "the operator's")
    monkeypatch.chdir(tmp_path)
    with temporary_home() as made:
        assert (lived_in(), Path.cwd()) == (made, made)
        assert "TRADINGBOT_SIGNING_KEY" not in os.environ
        (made / "something").write_text("x", encoding="utf-8")
    assert not made.exists()
    assert (lived_in(), Path.cwd()) == (tmp_path, tmp_path)
    assert os.environ["TRADINGBOT_SIGNING_KEY"] == "the operator's"


def test_a_stay_that_fails_is_left_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TRADINGBOT_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ZeroDivisionError), temporary_home():
        raise ZeroDivisionError
    assert "TRADINGBOT_HOME" not in os.environ
    assert Path.cwd() == tmp_path

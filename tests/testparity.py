# file: tests/testparity.py
from __future__ import annotations

from pathlib import Path

import pytest

from tradingbot import parity as door
from tradingbot.core.errors import RunFailed


def test_a_node_that_never_ran_has_no_parity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    with pytest.raises(RunFailed, match=r"nobody\.db does not exist: no node of that name has run"):
        door.parity("nobody")

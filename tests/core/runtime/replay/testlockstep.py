# file: tests/core/runtime/replay/testlockstep.py
from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.runtime.paperrun import told
from tests.golden.catalogfixture import Stage
from tests.proofs.thinmarket import learned, thin
from tests.proofs.wholeness import differing, troubles, written


@pytest.mark.parametrize("market", ["exact", "fast", "learned"])
def test_rows_that_go_on_together_are_recorded_as_those_that_come_one_by_one(tmp_path: Path, market: str) -> None:
    found = []
    for how in ("alone", "singly"):
        home = tmp_path / how
        config = learned(home) if market == "learned" else thin(Stage(home), 5, realism=market)
        told(config, home, "max", how)
        state = home / "state" / "play.db"
        assert troubles(state) == []
        found.append(written(state))
    assert differing(*found) == []
    assert len(found[0]["trades"]) > 10

# file: tests/core/validation/lookahead/testrecord.py
from __future__ import annotations

import pytest

from tradingbot.core.validation.lookahead.record import Finding, LookaheadReport


def _found(kind: str) -> Finding:
    return Finding(kind, 1, 2, "S-000", "COIN", "entered")


@pytest.mark.parametrize(
    ("decisions", "kinds", "unseen", "verdict", "clean"),
    [
        (12, (), (), "clean", True),
        (0, (), (), "undecided", True),
        (12, (), ("a.csv",), "unseen", False),
        (12, ("nondeterminism",), (), "nondeterminism", False),
        (12, ("nondeterminism", "lookahead"), ("a.csv",), "leak", False),
    ],
)
def test_a_report_has_one_verdict_and_tells_it_in_json(
    decisions: int, kinds: tuple[str, ...], unseen: tuple[str, ...], verdict: str, clean: bool
) -> None:
    report = LookaheadReport("fader", 5, decisions, (3, 4), tuple(_found(kind) for kind in kinds), unseen)
    assert (report.verdict, report.clean) == (verdict, clean)
    assert (report.to_dict()["verdict"], report.to_dict()["clean"]) == (verdict, clean)

# file: tests/core/market/checks/findings.py
"""The finding that a test is about."""

from __future__ import annotations

from tradingbot.core.market.checks.defects import Defect, DefectKind, Findings


def one(findings: Findings, kind: DefectKind) -> Defect:
    """Return the finding of this kind; there has to be one."""
    found = findings.of(kind)
    assert found is not None
    return found

# file: tests/house/testglossary.py
"""The glossary is true: each kept word is defined once, in order, and in use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# What this project calls by a word of its own, or by one of several usual ones.
_KEPT = {
    "approved / refused", "candidate", "certificate", "champion / challenger", "composition", "intent", "lane",
    "latch", "parity", "promote / demote / retire", "risk desk", "signal", "stage", "trial ledger",
}  # fmt: skip
_METRICS = {
    "CAGR", "CVaR", "Calmar ratio", "R-multiple", "Sharpe ratio", "Sortino ratio", "equity", "expectancy", "exposure",
    "max drawdown", "net deposits", "notional", "profit factor", "realised / unrealised P&L", "reward points",
    "turnover",
}  # fmt: skip
_PAGE = Path("docs/glossary.md")


@pytest.fixture(scope="module")
def entries(manual: dict[Path, str]) -> list[tuple[str, str]]:
    """Every entry with its definition."""
    return re.findall(r"^(\S.*)\n:   ((?:.+\n?)+?)(?:\n|\Z)", manual[_PAGE], re.MULTILINE)


def test_every_entry_is_defined_once_in_order(entries: list[tuple[str, str]]) -> None:
    words = [word for word, _ in entries]
    assert words == sorted(set(words), key=str.lower)
    assert [word for word, said in entries if len(said) < 30] == []


def test_every_kept_word_is_there(entries: list[tuple[str, str]]) -> None:
    assert (_KEPT | _METRICS) - {word for word, _ in entries} == set()


def test_every_entry_is_in_use(entries: list[tuple[str, str]], texts: dict[Path, str]) -> None:
    rooms = ("tradingbot", "strategies", "adapters", "docs", "README.md")
    used = "\n".join(text for path, text in texts.items() if path.parts[0] in rooms and path != _PAGE).lower()
    parts = [part for word, _ in entries for part in word.lower().removesuffix(" p&l").split(" / ")]
    assert [part for part in parts if not re.search(rf"\b{re.escape(part)}", used)] == []

# file: core/report/intents.py
"""What became of the intents of a run: how many were refused, how many cut, and by which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tradingbot.core.messages.answers import Approved, Refused
from tradingbot.core.report.phrase import number, percent

__all__ = ["IntentCounts", "many_stopped"]

_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class IntentCounts:
    """How many intents were proposed, and by rule how many of them were refused and how many cut.

    Each is counted once, by the answer to it: what happened to an approved order later, an unfilled rest or the GATE's
    no, is among the refusals of the result alone.
    """

    proposed: int
    refused: Mapping[str, int]
    cut: Mapping[str, int]

    @classmethod
    def of(cls, answers: Iterable[Approved | Refused]) -> IntentCounts:
        """Return the counts of `answers`, the most frequent rule first."""
        found = list(answers)
        refused = Counter(answer.rule for answer in found if isinstance(answer, Refused))
        cut = Counter(answer.cut.rule for answer in found if isinstance(answer, Approved) and answer.cut)
        return cls(len(found), dict(refused.most_common()), dict(cut.most_common()))

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it; `share` is what was refused or cut of all, None without intents."""
        stopped = sum(self.refused.values()) + sum(self.cut.values())
        return {
            "proposed": self.proposed,
            "refused": sum(self.refused.values()),
            "cut": sum(self.cut.values()),
            "share": stopped / self.proposed if self.proposed else None,
            "refused_by_rule": dict(self.refused),
            "cut_by_rule": dict(self.cut),
        }


def many_stopped(intents: Mapping[str, Any]) -> str | None:
    """Return the warning that 5 % of the intents or more were refused or cut; `intents` is `IntentCounts.to_dict()`."""
    if intents["share"] is None or intents["share"] < _SHARE:
        return None
    parts = [_told(word, intents[f"{word}_by_rule"]) for word in ("refused", "cut") if intents[word]]
    return (
        f"{percent(intents['share'])} of the {number(intents['proposed'], 0)} intents were not traded as they were "
        f"meant, {' and '.join(parts)}: what was tested is the rest of the strategy."
    )


def _told(word: str, by_rule: Mapping[str, int]) -> str:
    rules = ", ".join(f"{rule} {number(count, 0)}" for rule, count in by_rule.items())
    return f"{number(sum(by_rule.values()), 0)} {word} ({rules})"

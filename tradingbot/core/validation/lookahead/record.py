# file: core/validation/lookahead/record.py
"""Lookahead report: its findings, for people and for scripts."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.time import to_iso


@dataclass(frozen=True, slots=True)
class Finding:
    """A decision at `ts` that changed when what came after `cut` (both UTC ns) was not there.

    `columns` are those whose later numbers alone change it, empty when only the presence of later rows does. `ahead` is
    how many bars after its own the furthest one lies that matters, and `bar` its close (UTC ns); both are None when it
    is beyond half of what is left. `attributes` are the strategy's numbers that differ at the cut. `kind` is lookahead,
    or nondeterminism when the same data gave other decisions. Column and bar were looked for only where it is
    `explained`.
    """

    kind: str
    cut: int
    ts: int
    strategy: str
    instrument: str
    change: str
    columns: tuple[str, ...] = ()
    ahead: int | None = None
    bar: int | None = None
    attributes: tuple[str, ...] = ()
    explained: bool = True

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        if self.kind == "nondeterminism":
            return f"{to_iso(self.ts)} {self.instrument}: the same data gave another decision, {self.change}"
        held = f"; first seen in {', '.join(self.attributes[:3])}" if self.attributes else ""
        if not self.explained:
            return f"{to_iso(self.ts)} {self.instrument}: {self.change}{held}"
        which = ", ".join(self.columns) if self.columns else "that there are later rows at all"
        far = "the whole future" if self.ahead is None else f"{self.ahead} bar{'' if self.ahead == 1 else 's'} ahead"
        return f"{to_iso(self.ts)} {self.instrument}: {self.change}; it reads {which}, {far}{held}"

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {
            "kind": self.kind,
            "cut": to_iso(self.cut),
            "time": to_iso(self.ts),
            **{name: getattr(self, name) for name in ("strategy", "instrument", "change")},
            "columns": list(self.columns),
            "bars_ahead": self.ahead,
            "bar": None if self.bar is None else to_iso(self.bar),
            "attributes": list(self.attributes),
            "explained": self.explained,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class LookaheadReport:
    """The answer: how many `cuts` were tried over how many `decisions`, what was found, with which `seed`.

    `unseen` are files the run read that the analysis can neither cut nor alter: with any, no answer is clean.
    """

    name: str
    seed: int
    decisions: int
    cuts: tuple[int, ...]
    findings: tuple[Finding, ...]
    unseen: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing speaks against the strategy."""
        return not self.findings and not self.unseen

    @property
    def verdict(self) -> str:
        """The answer: clean, leak, nondeterminism, unseen (a file could not be cut), or undecided without decisions."""
        if self.findings:
            return "leak" if any(item.kind == "lookahead" for item in self.findings) else "nondeterminism"
        if self.unseen:
            return "unseen"
        return "clean" if self.decisions else "undecided"

    @property
    def reason(self) -> str:
        """One line on the answer."""
        if self.findings:
            more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
            first = next((item for item in self.findings if item.explained), self.findings[0])
            return f"{self.name}: {first.sentence}{more}"
        if self.unseen:
            return f"{self.name}: it reads {self.unseen[0]}, which the lab cannot cut off at a time"
        if not self.decisions:
            return f"{self.name}: it decided nothing, so there was nothing to look at"
        return f"{self.name}: {self.decisions:,} decisions, none changed at {len(self.cuts)} cuts"

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        plain = {name: getattr(self, name) for name in ("name", "clean", "verdict", "reason", "seed", "decisions")}
        return plain | {
            "cuts": [to_iso(cut) for cut in self.cuts],
            "findings": [item.to_dict() for item in self.findings],
            "unseen": list(self.unseen),
        }

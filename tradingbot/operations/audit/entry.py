# file: operations/audit/entry.py
"""Audit entries: a command (who, what, of whom, why, through which interface) or its outcome, chained by HMAC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class Interface(StrEnum):
    """What the operator sat before."""

    CLI = "cli"
    WEB = "web"


class Outcome(StrEnum):
    """What came of a command."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Command:
    """`operator` asks for `verb` of `target`, a lane or a candidate; name and reason are blank where none was given.

    Text that is no Unicode, as a shell may hand in, is kept with the odd bytes written out as `\\udcff`.
    """

    operator: str
    verb: str
    target: str
    reason: str
    face: Interface = Interface.CLI

    def __post_init__(self) -> None:
        for field in fields(self)[:-1]:
            text = getattr(self, field.name).encode("utf-8", "backslashreplace").decode()
            object.__setattr__(self, field.name, text)
        object.__setattr__(self, "face", Interface(self.face))


@dataclass(frozen=True, slots=True)
class Entry:
    """Row `number` (from 1), written at `when_ns` (UTC ns); `hmac` (64 hex digits) covers it and the `hmac` before it.

    The row of a command has no outcome and answers 0. An answer names the row it answers, repeats its command, and says
    in a sentence what came of it.
    """

    number: int
    when_ns: int
    command: Command
    answers: int
    outcome: Outcome | None
    sentence: str
    hmac: str


def values_of(when_ns: int, command: Command, answer: tuple[int, Outcome, str] | None) -> list[Any]:
    """Return what a row holds, in the order of the columns; `answer` is None for the row of a command."""
    answers, outcome, sentence = answer or (0, "", "")
    sentence = sentence.encode("utf-8", "backslashreplace").decode()
    asked = [command.operator, command.verb, command.target, command.reason, command.face.value]
    return [when_ns, *asked, answers, str(outcome), sentence]


def entry_of(cells: Sequence[Any]) -> Entry:
    """Return the row whose cells these are, its digest last; ValueError when no program of ours wrote it."""
    number, when_ns, operator, verb, target, reason, face, answers, outcome, sentence, digest = cells
    if bool(answers) != bool(outcome):
        raise ValueError(f"it answers {answers} with outcome {outcome!r}")
    command = Command(operator, verb, target, reason, Interface(face))
    return Entry(number, when_ns, command, answers, Outcome(outcome) if outcome else None, sentence, digest)

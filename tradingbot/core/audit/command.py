# file: core/audit/command.py
"""What an operator asked for: who, what, of whom, why and through which face."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

__all__ = ["Command", "Face", "Outcome"]


class Face(StrEnum):
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
    face: Face = Face.CLI

    def __post_init__(self) -> None:
        for field in fields(self)[:-1]:
            text = getattr(self, field.name).encode("utf-8", "backslashreplace").decode()
            object.__setattr__(self, field.name, text)
        object.__setattr__(self, "face", Face(self.face))

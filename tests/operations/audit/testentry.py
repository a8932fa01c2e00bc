# file: tests/operations/audit/testentry.py
from __future__ import annotations

from typing import Any

import pytest

from tests.operations.audit.samples import RESUME
from tradingbot.operations.audit.entry import Command, Interface, Outcome, entry_of, values_of


def test_a_text_that_is_no_unicode_is_kept_as_it_can_be_written() -> None:
    command = Command("a\udcff", "kill", "for\ud800ex", "two\nlines\x00")
    assert (command.operator, command.target, command.reason) == ("a\\udcff", "for\\ud800ex", "two\nlines\x00")


def test_a_face_is_one_of_ours() -> None:
    web: Any = "web"
    phone: Any = "phone"
    assert Command("ann", "kill", "forex", "", web).face is Interface.WEB
    with pytest.raises(ValueError, match="'phone' is not a valid Interface"):
        Command("ann", "kill", "forex", "", phone)


def test_a_row_comes_back_as_it_was_made() -> None:
    cells = [4, *values_of(9, RESUME, (2, Outcome.REFUSED, "no \udcff"))]
    assert cells == [4, 9, "bob", "resume", "forex", "the spread is back", "web", 2, "refused", "no \\udcff"]
    row = entry_of([*cells, "f" * 64])
    assert (row.number, row.when_ns, row.command, row.answers) == (4, 9, RESUME, 2)
    assert (row.outcome, row.sentence, row.hmac) == (Outcome.REFUSED, "no \\udcff", "f" * 64)


@pytest.mark.parametrize(
    ("answers", "outcome", "face"), [(0, "done", "cli"), (3, "", "cli"), (3, "odd", "cli"), (0, "", "tv")]
)
def test_a_row_that_nobody_wrote_is_told(answers: int, outcome: str, face: str) -> None:
    cells: list[Any] = [4, 9, "bob", "resume", "forex", "", face, answers, outcome, "", ""]
    with pytest.raises(ValueError, match=r"^it answers|is not a valid"):
        entry_of(cells)

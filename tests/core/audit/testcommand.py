# file: tests/core/audit/testcommand.py
from __future__ import annotations

from typing import Any

import pytest

from tradingbot.core.audit.command import Command, Face


def test_a_text_that_is_no_unicode_is_kept_as_it_can_be_written() -> None:
    command = Command("a\udcff", "kill", "for\ud800ex", "two\nlines\x00")
    assert (command.operator, command.target, command.reason) == ("a\\udcff", "for\\ud800ex", "two\nlines\x00")


def test_a_face_is_one_of_ours() -> None:
    web: Any = "web"
    phone: Any = "phone"
    assert Command("ann", "kill", "forex", "", web).face is Face.WEB
    with pytest.raises(ValueError, match="'phone' is not a valid Face"):
        Command("ann", "kill", "forex", "", phone)

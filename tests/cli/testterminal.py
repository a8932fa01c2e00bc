# file: tests/cli/testterminal.py
from __future__ import annotations

import io
import sys
import unicodedata

import pytest
from rich.console import Console
from rich.panel import Panel

from tradingbot.cli.terminal import open_terminal, plain

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"


def terminal(monkeypatch: pytest.MonkeyPatch, encoding: str) -> io.BytesIO:
    """Make standard output one of `encoding`, and return what arrives there."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding, write_through=True))
    open_terminal()
    return raw


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", b"-5.00 USDT - _.,:-=+# ?"),
        ("latin-1", b"-5.00 USDT - _.,:-=+# ?"),
        ("cp1252", b"-5.00 USDT \x96 _.,:-=+# ?"),
        ("utf-8", f"{MINUS}5.00 USDT {DASH} ▁▂▃▄▅▆▇█ ☃".encode()),
    ],
)
def test_what_an_encoding_lacks_is_plain_and_the_rest_stays(
    monkeypatch: pytest.MonkeyPatch, encoding: str, written: bytes
) -> None:
    arrived = terminal(monkeypatch, encoding)
    sys.stdout.write(f"{MINUS}5.00 USDT {DASH} ▁▂▃▄▅▆▇█ ☃")
    assert arrived.getvalue() == written


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_boxes_are_drawn_in_ascii(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    arrived = terminal(monkeypatch, encoding)
    Console(width=20).print(Panel("✓ passed"))
    assert arrived.getvalue().decode("ascii").splitlines() == [
        "+------------------+",
        "| v passed         |",
        "+------------------+",
    ]


def test_a_name_that_is_no_unicode_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    arrived = terminal(monkeypatch, "utf-8")
    sys.stdout.write("\udcff.csv")
    assert arrived.getvalue() == b"?.csv"


def test_every_box_drawing_is_a_stroke_or_a_crossing_and_letters_lose_their_accents() -> None:
    lines = {plain(chr(number)): unicodedata.name(chr(number)) for number in range(0x2500, 0x2580)}
    assert sorted(lines) == ["+", "-", "|"]
    assert [plain(sign) for sign in "─│┌┼╴╵é≥"] == ["-", "|", "+", "+", "-", "|", "e", ">="]


def test_a_stream_that_is_not_text_of_an_encoding_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    open_terminal()

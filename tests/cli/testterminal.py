# file: tests/cli/testterminal.py
from __future__ import annotations

import io
import sys
import unicodedata

import pytest
from rich.console import Console
from rich.panel import Panel

from tradingbot.cli import terminal as module
from tradingbot.cli.terminal import open_terminal, plain, progress_bar, progress_stages

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


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


def test_long_work_writes_plain_lines_where_there_is_no_terminal(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress_bar("market") as advance:
        for second, done in [(1, 1), (2, 2), (5, 5), (12, 9), (13, 10)]:
            clock.now = 100.0 + second
            advance(done, 10)
    assert capsys.readouterr().err.splitlines() == [
        "market: 20% after 2 s",
        "market: 90% after 12 s",
        "market: done after 13 s",
    ]


def test_short_or_quiet_work_says_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("short") as advance:
        clock.now += 1.9
        advance(1, 1)
    with progress_bar("quiet", quiet=True) as advance:
        clock.now += 60
        advance(1, 2)
    assert capsys.readouterr().err == ""


def test_each_stage_ends_the_one_before_it(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_stages() as stage:
        advance = stage("features")
        clock.now += 3
        advance(0, 0)
        clock.now += 1
        stage("labels")
        clock.now += 2
    assert capsys.readouterr().err.splitlines() == [
        "features: under way after 3 s",
        "features: done after 4 s",
        "labels: done after 2 s",
    ]


def _raise_after(clock: Clock, seconds: float) -> None:
    clock.now += seconds
    raise IndexError


def test_work_that_fails_is_not_called_done(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(IndexError), progress_bar("market"):
        _raise_after(clock, 5)
    assert capsys.readouterr().err == ""

# file: tests/cli/testfeedtables.py
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.ui.web.webfixture import live_feed
from tradingbot.cli.app import app
from tradingbot.core.messages.feedview import FeedView
from tradingbot.operations.status import feedreader

GAP = live_feed().last_gap


def shown(monkeypatch: pytest.MonkeyPatch, home: Path, *feeds: FeedView, words: tuple[str, ...] = ()) -> str:
    monkeypatch.setattr(feedreader, "feeds", lambda: feeds)
    return CliRunner().invoke(app, ["status", *words]).output.replace(str(home), "~")


def test_a_feed_has_a_line_and_a_note_of_each_thing_that_went_wrong(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    out = shown(monkeypatch, home, live_feed())
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert "bybit [!] stalled 11-18 11:06 1 min 3 s +8.0 s 3 1 2 1 2026-11-17" in rows
    assert [row for row in rows if row.startswith("note: bybit")] == [
        "note: bybit: it is late",
        "note: bybit: last gap: BTC bars 2026-11-18 10:50:00 to 2026-11-18 11:05:00, reconnect: 8 rows by request, 1"
        " missing",
        "note: bybit: data alarm: 1 rows differ from the venue's history, the last of 2026-11-17 07:20:00",
        "note: bybit: refused",
    ]
    assert max(map(len, out.splitlines()[:-4])) <= 100


def test_a_feed_that_cannot_be_read_says_why(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    out = shown(monkeypatch, home, FeedView("bybit", unread="its journal cannot be read"))
    assert "[!] unknown" in out
    assert "note: bybit: its journal cannot be read" in out


def test_json_has_times_as_iso_and_durations_in_seconds(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    assert GAP is not None
    feed = live_feed(last_gap=replace(GAP, open=True))
    (answer,) = json.loads(shown(monkeypatch, home, feed, words=("--json",)))["feeds"]
    assert answer == {
        "feed": "bybit", "state": "stalled", "sentence": "it is late ", "connected": True,
        "heard": "2026-11-18T11:06:40Z", "venue": "2026-11-18T11:06:48Z", "lag_s": 63.0, "skew_s": 8.0,
        "instruments": ["BTC"], "gaps": 3, "missing": 1, "strays": 2, "data_alarms": 1,
        "last_data_alarm": "2026-11-17T07:20:00Z", "sealed_until": "2026-11-18T00:00:00Z",
        "refused_days": ["refused "],
        "last_gap": {
            "instrument": "BTC", "kind": "bars", "cause": "reconnect", "first": "2026-11-18T10:50:00Z",
            "last": "2026-11-18T11:05:00Z", "filled": 8, "missing": 1, "open": True,
        },
    }  # fmt: skip

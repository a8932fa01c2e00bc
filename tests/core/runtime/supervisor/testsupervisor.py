# file: tests/core/runtime/supervisor/testsupervisor.py
from __future__ import annotations

import datetime as dt
import os
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.core.runtime.supervisor.supervisorfixture import Strings, Watching, paper
from tradingbot.core.lane import Lane
from tradingbot.core.runtime.supervisor.eventlog import TABLES
from tradingbot.core.runtime.supervisor.processes import Kind, ProcessSpec, StopRequested
from tradingbot.core.runtime.supervisor.reader import DATABASE, disarmed, events, processes
from tradingbot.core.runtime.supervisor.supervisor import DailySchedule
from tradingbot.core.time import DAY, SECOND


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(f"{text}Z").timestamp()) * SECOND


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-03-01T12:00", "2026-03-02T00:09:59", False),
        ("2026-03-01T12:00", "2026-03-02T00:10:00", True),
        ("2026-03-02T00:10:01", "2026-03-02T23:59", False),
        ("2026-03-02T00:10:01", "2026-03-03T00:10:00", True),
        ("2026-03-02T09:00", "2026-03-03T09:00", True),
        ("2026-02-01T09:00", "2026-03-03T00:00", True),
        ("2026-03-03T09:00", "2026-03-02T09:00", False),
    ],
)
def test_it_is_due_once_the_hour_has_passed_since_the_last_round(last: str, now: str, due: bool) -> None:
    assert DailySchedule("00:10", at(last)).due(at(now)) is due


def test_a_round_is_not_due_twice_and_what_was_missed_for_days_is_made_up_for_once() -> None:
    nightly = DailySchedule("23:30", at("2026-03-01T12:00"))
    now = at("2026-03-09T08:00")
    assert nightly.due(now)
    nightly.began(now)
    assert not nightly.due(now)
    assert not nightly.due(at("2026-03-09T23:29:59"))
    assert nightly.due(at("2026-03-09T23:30"))


def test_it_says_how_long_the_hour_is_away() -> None:
    nightly = DailySchedule("00:10", 0)
    assert nightly.wait_s(at("2026-03-01T23:10")) == 3_600
    assert nightly.wait_s(at("2026-03-01T00:10")) == 86_400


def test_never_is_never() -> None:
    assert not DailySchedule("", 0).due(at("2026-03-09T08:00"))
    assert DailySchedule("", 0).wait_s(0) == float("inf")


DASHBOARD = ProcessSpec("dashboard", ("dashboard", "--port", "1"), Kind.DASHBOARD)
NOON = 20_000 * DAY + DAY // 2


def state(home: Path, name: str) -> tuple[str, str]:
    (found,) = [process for process in processes(home) if process.name == name]
    return found.state, found.sentence


def test_everything_is_started_with_its_words_and_stopped_when_asked(tmp_path: Path, stage: Strings) -> None:
    with Watching(tmp_path, paper("a"), paper("b", "--speed", "max"), DASHBOARD) as watching:
        a, b, dashboard = stage.meet(3)
        assert (b.words, dashboard.words) == (["b", "--speed", "max"], ["dashboard", "--port", "1"])
        assert watching.until("started", "a").sentence == f"process {a.pid}"
        watching.end()
        assert [puppet.gone() for puppet in (a, b, dashboard)] == [True] * 3
        assert watching.until("stopping").sentence == "the test: everything has 20 s to end"
        assert re.fullmatch(r"ended by SIGTERM after \d+\.\d s", watching.until("stopped").sentence)
        assert watching.until("down").sentence == "everything has ended"
    assert {process.state for process in processes(tmp_path)} == {"stopped"}
    kinds = [event.kind for event in reversed(events(tmp_path))]
    assert kinds == ["up", "started", "started", "started", "stopping", "stopped", "stopped", "stopped", "down"]


def test_who_is_deaf_is_killed_after_the_grace_and_the_rest_is_not(tmp_path: Path, stage: Strings) -> None:
    with Watching(tmp_path, paper("a", "deaf"), paper("b"), grace_s=0.3) as watching:
        deaf, quick = stage.meet(2)
        watching.stop()
        assert watching.until("stopped").process == "b"
        assert watching.until("killed").sentence == "it was asked to stop and did not"
        watching.ended()
        assert (deaf.gone(), quick.gone()) == (True, True)
        assert watching.until("stopped", "a").sentence.startswith("ended by SIGKILL")


def test_asked_twice_with_urgency_it_does_not_wait_for_the_grace(tmp_path: Path, stage: Strings) -> None:
    with Watching(tmp_path, paper("a", "deaf"), grace_s=3_600) as watching:
        (deaf,) = stage.meet()
        watching.stop()
        watching.until("stopping")
        watching.messages.put(StopRequested("SIGINT", urgent=True))
        watching.ended()
        assert deaf.gone()


def test_what_a_process_leaves_behind_ends_with_it(tmp_path: Path, stage: Strings) -> None:
    # What it started hangs on its string, which only ends when both are gone.
    with Watching(tmp_path, paper("a", "parent")) as watching:
        (parent,) = stage.meet()
        parent.tell("exit 0")
        watching.until("done")
        assert parent.gone()


def test_a_crash_is_told_with_its_last_line_and_started_again(tmp_path: Path, stage: Strings) -> None:
    with Watching(tmp_path, paper("a"), paper("b")) as watching:
        first, other = stage.meet(2)
        first.tell("complain tradingbot: the disk is full", "exit 4")
        how = r"ended with exit code 4 \(failed\) after \d+\.\d s: the disk is full; it is started again in 0\.01 s"
        assert re.fullmatch(how, watching.until("crashed", "a").sentence)
        (second,) = stage.meet()
        assert second.name == "a"
        assert watching.until("restarted", "a").sentence == f"process {second.pid}, start number 2"
        os.kill(second.pid, signal.SIGKILL)
        assert watching.until("crashed", "a").sentence.startswith("ended by SIGKILL after ")
        (third,) = stage.meet()
        watching.until("restarted", "a")
        other.tell("exit 0")
        watching.until("done", "b")
        watching.end()
        assert third.gone()
    assert [process.restarts for process in processes(tmp_path)] == [2, 0]


def test_a_crash_loop_is_given_up_and_leaves_its_lane_disarmed_and_the_others_alone(
    tmp_path: Path, stage: Strings
) -> None:
    with Watching(tmp_path, paper("a", lane=Lane.OPTIONS), paper("b"), crashes=3) as watching:
        (first, _other), crash = stage.meet(2), ("complain first line", "complain KeyError: 7", "exit 1")
        first.tell(*crash)
        for _ in range(2):
            stage.meet()[0].tell(*crash)
        given_up = watching.until("given_up").sentence
        loop = "it crashed 3 times within 600 s, the last time ended with exit code 1"
        assert re.fullmatch(rf"{loop} after \d+\.\d s: KeyError: 7", given_up)
        assert watching.until("disarmed").sentence == f"options is disarmed for live: a is given up: {given_up}"
        watching.end()
        assert state(tmp_path, "a") == ("given_up", given_up)
        assert state(tmp_path, "b")[0] == "stopped"
    assert processes(tmp_path)[0].lines == ("first line", "KeyError: 7")
    (out,) = disarmed(tmp_path)
    assert (out.lane, out.process, out.reason) == (Lane.OPTIONS, "a", f"a is given up: {given_up}")


@pytest.mark.parametrize(("code", "what"), [(2, "bad input"), (3, "refused")])
def test_bad_input_and_a_refusal_are_given_up_at_once_and_disarm_nothing(
    tmp_path: Path, stage: Strings, code: int, what: str
) -> None:
    with Watching(tmp_path, paper("a")) as watching:
        (puppet,) = stage.meet()
        puppet.tell("complain │ tradingbot: x.json was not found │", "complain ╰───╯", f"exit {code}")
        how = rf"ended with exit code {code} \({what}\) after \d+\.\d s: x\.json was not found"
        assert re.fullmatch(how, watching.until("given_up").sentence)
        watching.end()
    assert state(tmp_path, "a")[0] == "given_up"
    assert disarmed(tmp_path) == ()


def test_a_node_whose_data_ended_is_done_and_a_dashboard_is_started_again(tmp_path: Path, stage: Strings) -> None:
    with Watching(tmp_path, paper("a"), DASHBOARD) as watching:
        for puppet in stage.meet(2):
            puppet.tell("complain state: a.db", "exit 0")
        assert watching.until("done").sentence.endswith(" s: its data ended")
        (again,) = stage.meet()
        assert again.name == "dashboard"
        watching.end()
    assert state(tmp_path, "a")[0] == "done"


def test_what_the_dashboard_prints_is_told_and_not_kept_and_what_it_complains_of_is_logged(
    tmp_path: Path, stage: Strings
) -> None:
    with Watching(tmp_path, DASHBOARD) as watching:
        (puppet,) = stage.meet()
        puppet.tell("complain of a request", "print open http://x/setup/SECRET")
        assert watching.until("said").sentence == "open http://x/setup/SECRET"
    assert (tmp_path / "logs" / "dashboard.log").read_text(encoding="utf-8") == "of a request\n"
    assert all(b"SECRET" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_program_that_cannot_be_started_is_a_crash(tmp_path: Path) -> None:
    with Watching(tmp_path, paper("a"), command=(str(tmp_path / "nothing"),), crashes=2) as watching:
        assert "it could not be started: [Errno 2] No such file or directory" in watching.until("crashed").sentence
        watching.until("given_up")
    assert [out.lane for out in disarmed(tmp_path)] == [Lane.FOREX]


def test_who_waits_for_its_next_start_is_not_started_once_everything_is_to_stop(tmp_path: Path, stage: Strings) -> None:
    with Watching(tmp_path, paper("a"), first_wait_s=300, longest_wait_s=300, crashes=2, within_s=600) as watching:
        (puppet,) = stage.meet()
        puppet.tell("exit 1")
        watching.until("crashed")
        watching.end()
    assert state(tmp_path, "a") == ("stopped", "it was waiting to be started")


def test_a_locked_state_stops_nothing_and_is_told_when_it_is_over(tmp_path: Path, stage: Strings) -> None:
    (tmp_path / "state").mkdir()
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        for name, columns in TABLES.items():
            other.execute(f"CREATE TABLE {name} ({columns}) STRICT")
        other.execute("BEGIN IMMEDIATE")
        with Watching(tmp_path, paper("a")) as watching:
            (first,) = stage.meet()
            first.tell("exit 1")
            watching.until("crashed")
            (second,) = stage.meet()
            watching.until("restarted")
            assert [" could not be written: database is locked;" in warning for warning in watching.warned] == [True]
            other.execute("ROLLBACK")
            watching.end()
            assert second.gone()
    kinds = [event.kind for event in reversed(events(tmp_path))]
    assert kinds[:4] == ["up", "started", "crashed", "restarted"]
    assert "unwritten" in kinds


def test_a_face_that_is_gone_stops_nothing(tmp_path: Path, stage: Strings, monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching(tmp_path, paper("a"))

    def closed(_event: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(watching._supervisor._events, "_tell", closed)  # what no terminal does on demand
    with watching:
        (puppet,) = stage.meet()
        puppet.tell("exit 0")
        assert puppet.gone()
        watching.end()
    assert events(tmp_path)[0].kind == "down"


def test_every_night_each_node_is_compared_one_after_another_with_low_priority(tmp_path: Path, stage: Strings) -> None:
    wall = [NOON]
    with Watching(tmp_path, paper("a"), paper("b"), DASHBOARD, parity_at="00:10", wall=lambda: wall[0]) as watching:
        first = stage.meet(3)
        wall[0] += DAY
        first[0].tell("exit 0")
        for node, code, kind in [("a", 0, "parity_equal"), ("b", 3, "parity_different")]:
            (comparison,) = stage.meet()
            assert comparison.words == ["parity", node, "--day", "last"]
            watching.until("started", f"parity@{node}")
            own = os.getpriority(os.PRIO_PROCESS, 0)
            assert os.getpriority(os.PRIO_PROCESS, comparison.pid) == min(own + 10, 19) or own > 9
            comparison.tell("complain 3 fills compared", f"exit {code}")
            compared = watching.until(kind)
            assert compared.process == f"parity@{node}"
            assert compared.sentence.endswith("s: 3 fills compared")
        first[1].tell("exit 0")
        watching.until("done")
        watching.end()
    kinds = [event.kind for event in reversed(events(tmp_path)) if event.process.startswith("parity@")]
    assert kinds == ["started", "parity_equal", "started", "parity_different"]
    assert state(tmp_path, "parity@a")[0] == "done"


def test_a_night_that_nobody_was_up_for_is_made_up_for_at_the_start(tmp_path: Path, stage: Strings) -> None:
    wall = [NOON]
    with Watching(tmp_path, paper("a"), parity_at="00:10", wall=lambda: wall[0]) as watching:
        (puppet,) = stage.meet()
    wall[0] += 3 * DAY
    with Watching(tmp_path, paper("a"), parity_at="00:10", wall=lambda: wall[0]) as watching:
        puppet, comparison = stage.meet(2)
        assert (puppet.name, comparison.words[:2]) == ("a", ["parity", "a"])
    with Watching(tmp_path, paper("a"), parity_at="00:10", wall=lambda: wall[0]) as watching:
        (puppet,) = stage.meet()
        puppet.tell("exit 0")
        watching.until("done")
    assert "parity@a" not in [process.name for process in processes(tmp_path)]


def test_a_comparison_that_takes_too_long_is_ended_and_told(tmp_path: Path, stage: Strings) -> None:
    wall = [NOON]
    with Watching(tmp_path, paper("a"), parity_at="00:10", parity_limit_s=2.5, wall=lambda: wall[0]) as watching:
        (puppet,) = stage.meet()
        wall[0] += DAY
        puppet.tell("exit 0")
        (comparison,) = stage.meet()
        assert watching.until("killed", "parity@a").sentence == "it took longer than the 2.5 s it may"
        assert watching.until("parity_failed").sentence.startswith("ended by SIGKILL after ")
        assert comparison.gone()

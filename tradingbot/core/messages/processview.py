# file: core/messages/processview.py
"""Views of the processes that `tradingbot up` supervises."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.lane import Lane

EVENT_WORDS = {"disarmed": "live trading disabled", "given_up": "crash loop, stopped"}
"""What people call a state or an event of a process, where its name alone does not say it."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process and how it stands, since `since` (UTC ns).

    `kind` is paper, feed, dashboard or parity. `state` is running, waiting (for its next start), done (it ended as it
    should), stopped (it was asked to), given_up or, where nobody watches it any more, unwatched; `sentence` says why.
    `pid` is 0 while there is no process. `lane` is None where it has none. `lines` are the last ones it wrote before it
    ended badly, oldest first.
    """

    name: str
    kind: str
    pid: int
    state: str
    since: int
    restarts: int
    sentence: str
    lane: Lane | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessEvent:
    """Something that happened at `wall` (UTC ns) to a process, or to the supervisor where `process` is empty.

    `kind` is up, down, waiting, started, restarted, crashed, done, stopping, stopped, killed, given_up, disarmed,
    parity_equal, parity_different, parity_failed, unwritten, or said: what the dashboard printed, which is shown and
    not kept. `number` is the running number of what is kept, 0 before it is.
    """

    wall: int
    process: str
    kind: str
    sentence: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Disarmed:
    """A lane that may not trade live since `wall` (UTC ns), because of a crash loop of `process`.

    It holds until an operator enables the lane later than `wall`; a restart of anything does not end it.
    """

    lane: Lane
    wall: int
    process: str
    reason: str


@dataclass(frozen=True, slots=True)
class Supervision:
    """Whether the supervisor is alive, as which process (0 where not), and what it watches or last watched.

    `unread` says why its state could not be read and is empty when it could.
    """

    alive: bool
    pid: int
    processes: tuple[Process, ...]
    disarmed: tuple[Disarmed, ...]
    unread: str

# file: up.py
"""Use case: start the processes of `config/runtime.json` and supervise them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.candidate import CandidateConfig
from tradingbot.core.config.home import config_file, existing_home, home, named_file
from tradingbot.core.config.load import assign_setting, build, load, read_json
from tradingbot.core.config.runtime import CandidateNodes, DashboardConfig, PaperNode, RuntimeConfig, SupervisorConfig
from tradingbot.core.errors import BadInput, ConfigError, TradingbotError
from tradingbot.core.messages.processview import ProcessEvent
from tradingbot.core.runtime.processlock import process_group_lock, single_instance
from tradingbot.core.runtime.supervisor.candidates import candidate_nodes
from tradingbot.core.runtime.supervisor.eventlog import EventLog, SupervisorStore
from tradingbot.core.runtime.supervisor.processes import (
    LIFELINE,
    Kind,
    ProcessSpawner,
    ProcessSpec,
    SupervisorEvent,
    stop_on_signals,
)
from tradingbot.core.runtime.supervisor.reader import DATABASE, LOCK
from tradingbot.core.runtime.supervisor.supervisor import Supervisor

_DASHBOARD = "dashboard"
_FAMILY = Path("state", "supervisor.family.lock")
_MARGIN_S = 5.0
"""How much longer than their grace the processes of a killed supervisor are waited for."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be started; `link` is the dashboard's address, empty where none is."""

    specs: tuple[ProcessSpec, ...]
    limits: SupervisorConfig
    link: str


def logs() -> Path:
    """Return the folder of what the processes write."""
    return home() / "logs" / "runtime"


def plan_up(only: Sequence[str] = ()) -> Planned:
    """Read `config/runtime.json`; `only` picks processes by name.

    Raises ConfigError when it is wrong, or names a config that is; BadInput when there is nothing to start, or `only`
    names what is not there.
    """
    path = config_file("runtime.json")
    config = load(RuntimeConfig, path)
    specs = [_paper(node, f"{path}: paper.{number}") for number, node in enumerate(config.paper)]
    listed = frozenset(spec.name for spec in specs)
    specs += [_paper(node, f"{path}: candidates") for node in _candidates(config.candidates, listed)]
    if config.dashboard.on:
        specs.append(_dashboard(config.dashboard))
    names = [spec.name for spec in specs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"{path}: {twice[0]} is there twice, allowed is once; a node's `name` tells two apart")
    if strangers := [name for name in only if name not in names]:
        raise BadInput(f"--only was {strangers[0]}, allowed are {', '.join(names) or 'none: nothing is configured'}")
    if not specs:
        raise BadInput(f"{path}: there is nothing to start: `paper` is empty and the dashboard is off")
    picked = tuple(spec for spec in specs if not only or spec.name in only)
    shown = any(spec.kind is Kind.DASHBOARD for spec in picked)
    return Planned(picked, config.supervisor, config.dashboard.link if shown else "")


def up(planned: Planned, tell: Callable[[ProcessEvent], None], command: tuple[str, ...] = LIFELINE) -> None:
    """Start everything and watch it until SIGINT, SIGTERM or SIGHUP; `tell` hears what happens.

    Raises PolicyRefused when the home has a supervisor already, or processes of an earlier one that do not end;
    RunFailed when there is no such home.
    """
    existing_home()
    heard: SimpleQueue[SupervisorEvent] = SimpleQueue()
    book = EventLog(SupervisorStore(home() / DATABASE, _warn), tell)

    def waiting() -> None:
        book.event("", "waiting", "the processes of an earlier supervisor have not all ended")
        book.journal.flush()

    grace_s = planned.limits.grace_s
    with (
        single_instance(home() / LOCK),
        process_group_lock(home() / _FAMILY, grace_s + _MARGIN_S, waiting) as family,
        stop_on_signals(heard.put),
    ):
        nursery = ProcessSpawner(logs(), family, grace_s, heard.put, command)
        try:
            Supervisor(planned.specs, planned.limits, nursery, book, heard).run()
        finally:
            nursery.close()


def _candidates(wanted: CandidateNodes, listed: frozenset[str]) -> list[PaperNode]:
    try:
        return candidate_nodes(home() / "state" / "registry.db", wanted, listed)
    except TradingbotError as error:
        # What is listed by hand, and the dashboard, must come up all the more.
        _warn(f"no candidate of the registry is started: {error}")
        return []


def _paper(node: PaperNode, where: str) -> ProcessSpec:
    try:
        own, config = _told(node)
    except BadInput:
        # Its process will say what is wrong. It must keep neither the others nor the dashboard from being started.
        return ProcessSpec(node.name or Path(node.config).stem, _words(node), Kind.PAPER)
    if own is None:
        return ProcessSpec(config.name, _words(node), Kind.PAPER, config.lane)
    if node.name not in ("", own):
        raise ConfigError(f"{where}.name was {node.name}, allowed is {own}: a candidate's node bears its name")
    return ProcessSpec(own, _words(node), Kind.PAPER, config.lane)


def _words(node: PaperNode) -> tuple[str, ...]:
    settings = (f"--set={setting}" for setting in _settings(node))
    fast = ("--fast-until", node.fast_until) if node.fast_until else ()
    return ("paper", node.config, "--speed", node.speed, *fast, *settings)


def _settings(node: PaperNode) -> list[str]:
    return [*node.set, *([f"name={node.name}"] if node.name else [])]


def _told(node: PaperNode) -> tuple[str | None, BacktestConfig]:
    """Return the candidate's name, None for a plain config, and the backtest config as the node will read it."""
    raw = read_json(named_file(node.config))
    if "candidate" not in raw:
        return None, build(BacktestConfig, assign_setting(raw, _settings(node)), node.config)
    candidate = build(CandidateConfig, raw, node.config)
    below = assign_setting(read_json(named_file(candidate.backtest)), _settings(node))
    return candidate.candidate, build(BacktestConfig, below, candidate.backtest)


def _dashboard(config: DashboardConfig) -> ProcessSpec:
    return ProcessSpec(_DASHBOARD, ("dashboard", "--host", config.host, "--port", str(config.port)), Kind.DASHBOARD)


def _warn(sentence: str) -> None:
    with suppress(OSError, ValueError):  # a terminal that was closed
        sys.stderr.write(f"tradingbot: {sentence}\n")
        sys.stderr.flush()

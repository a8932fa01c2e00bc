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
from tradingbot.core.config.runtime import FEEDS, CandidateNodes, PaperNode, RuntimeConfig, SupervisorConfig
from tradingbot.core.errors import BadInput, ConfigError, TradingbotError
from tradingbot.core.messages.processview import ProcessEvent
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry
from tradingbot.core.runtime.market import REPLAY
from tradingbot.core.runtime.processlock import process_group_lock, single_instance
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
    nodes = [(node, f"{path}: paper.{number}") for number, node in enumerate(config.paper)]
    specs = [_paper(*node) for node in nodes]
    listed = frozenset(spec.name for spec in specs)
    nodes += [(node, f"{path}: candidates") for node in _candidates(config.candidates, listed)]
    specs += [_paper(*node) for node in nodes[len(specs) :]]
    # A node waits for its feed, not the other way round.
    specs = [*_feeds([node for node, _where in nodes], str(path)), *specs]
    if config.dashboard.on:
        words = ("dashboard", "--host", config.dashboard.host, "--port", str(config.dashboard.port))
        specs.append(ProcessSpec("dashboard", words, Kind.DASHBOARD))
    names = [spec.name for spec in specs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"{path}: {twice[0]} is there twice, allowed is once; a node's `name` tells two apart")
    if unknown := [name for name in only if name not in names]:
        raise BadInput(f"--only was {unknown[0]}, allowed are {', '.join(names) or 'none: nothing is configured'}")
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
    messages: SimpleQueue[SupervisorEvent] = SimpleQueue()
    events = EventLog(SupervisorStore(home() / DATABASE, _warn), tell)

    def waiting() -> None:
        events.event("", "waiting", "the processes of an earlier supervisor have not all ended")
        events.journal.flush()

    grace_s = planned.limits.grace_s
    with (
        single_instance(home() / LOCK),
        process_group_lock(home() / _FAMILY, grace_s + _MARGIN_S, waiting) as family,
        stop_on_signals(messages.put),
    ):
        spawner = ProcessSpawner(logs(), family, grace_s, messages.put, command)
        try:
            Supervisor(planned.specs, planned.limits, spawner, events, messages).run()
        finally:
            spawner.close()


def candidate_nodes(registry: Path, wanted: CandidateNodes, but: frozenset[str]) -> list[PaperNode]:
    """Return a paper node for each candidate that is validated or promoted, but those of the names in `but`.

    What it is made of its certificate says: the config and the settings it was validated with. Under the names of
    `wanted.catalogs` it trades other data than that.

    Raises LedgerTampered when the registry is not what was written; RunFailed when it cannot be read.
    """
    if not wanted.on or not registry.is_file():
        return []
    nodes = []
    for change in Registry(registry).current():
        certificate = change.certified() if change.state in (State.VALIDATED, State.PROMOTED) else None
        if certificate is None or change.candidate in but:
            continue
        catalog = wanted.catalogs.get(change.candidate)
        settings = (*certificate.settings, *([f"catalog={catalog}"] if catalog else []))
        nodes.append(
            PaperNode(
                config=certificate.config_path, speed=wanted.speed, set=settings, name=change.candidate,
                feed=wanted.feed, warmup=wanted.warmup,
            )
        )  # fmt: skip
    return nodes


def _candidates(wanted: CandidateNodes, listed: frozenset[str]) -> list[PaperNode]:
    try:
        return candidate_nodes(home() / "state" / "registry.db", wanted, listed)
    except TradingbotError as error:
        # What is listed by hand, and the dashboard, must come up all the more.
        _warn(f"no candidate of the registry is started: {error}")
        return []


def _paper(node: PaperNode, where: str) -> ProcessSpec:
    settings = [*node.set, *([f"name={node.name}"] if node.name else [])]
    fast = ("--fast-until", node.fast_until) if node.fast_until else ()
    live = ("--feed", node.feed, "--warmup", str(node.warmup)) if node.feed != REPLAY else ()
    words = ("paper", node.config, "--speed", node.speed, *fast, *live, *(f"--set={setting}" for setting in settings))
    try:
        own, config = _config(node, settings)
    except BadInput:
        # Its process will say what is wrong. It must keep neither the others nor the dashboard from being started.
        return ProcessSpec(node.name or Path(node.config).stem, words, Kind.PAPER)
    if own is not None and node.name not in ("", own):
        raise ConfigError(f"{where}.name was {node.name}, allowed is {own}: a candidate's node bears its name")
    return ProcessSpec(own or config.name, words, Kind.PAPER, config.lane)


def _feeds(nodes: Sequence[PaperNode], where: str) -> list[ProcessSpec]:
    """Return a process for each feed that a node follows: it carries what all of them trade."""
    specs = []
    for feed in FEEDS:
        series: dict[str, None] = {}
        catalogs: set[str] = set()
        for node in nodes:
            if node.feed == feed:
                with suppress(BadInput):  # the node's own process says what is wrong
                    _own, config = _config(node, list(node.set))
                    series |= dict.fromkeys(f"{name}@{config.bar}" for name in config.instruments)
                    catalogs.add(config.catalog)
        if len(catalogs) > 1:
            raise ConfigError(
                f"{where}: nodes of the feed {feed} have the catalogs {', '.join(sorted(catalogs))}, allowed is one for"
                " all of them: a feed seals its days into it"
            )
        if series:
            instruments = (word for name in series for word in ("--instrument", name))
            specs.append(ProcessSpec(f"feed-{feed}", ("feed", feed, *instruments, "--catalog", *catalogs), Kind.FEED))
    return specs


def _config(node: PaperNode, settings: list[str]) -> tuple[str | None, BacktestConfig]:
    # The candidate's name, None for a plain config, and the backtest config as the node will read it.
    raw = read_json(named_file(node.config))
    if "candidate" not in raw:
        return None, build(BacktestConfig, assign_setting(raw, settings), node.config)
    candidate = build(CandidateConfig, raw, node.config)
    below = assign_setting(read_json(named_file(candidate.backtest)), settings)
    return candidate.candidate, build(BacktestConfig, below, candidate.backtest)


def _warn(sentence: str) -> None:
    with suppress(OSError, ValueError):  # a terminal that was closed
        sys.stderr.write(f"tradingbot: {sentence}\n")
        sys.stderr.flush()

# file: core/errors.py
"""The one exception tree, and the exit code each error ends a command with.

TradingbotError
├── BadInput          2  a file, a flag or a config field is wrong: what was, what is allowed, where
│   ├── ConfigError      a config file or an override
│   ├── DataDefect       market data that a check refuses
│   └── UnknownInstrument
├── PolicyRefused     3  the risk desk, the gate or a switch says no
│   └── LedgerTampered   the trial ledger, the registry or the audit log is not what was written
└── RunFailed         4  something broke while running
    ├── StrategyFailed   a strategy or actor raised inside the engine
    ├── LedgerMismatch   our books and the engine's account disagree
    └── WorkerDied       a worker process ended without an answer, twice
"""

from __future__ import annotations

__all__ = [
    "BadInput",
    "ConfigError",
    "DataDefect",
    "LedgerMismatch",
    "LedgerTampered",
    "PolicyRefused",
    "RunFailed",
    "StrategyFailed",
    "TradingbotError",
    "UnknownInstrument",
    "WorkerDied",
]


class TradingbotError(Exception):
    """Everything this program raises on purpose."""

    exit_code = 4


class BadInput(TradingbotError):
    """Something handed in is wrong; nothing was changed."""

    exit_code = 2


class ConfigError(BadInput):
    """A config file, field or override is wrong."""


class DataDefect(BadInput):
    """Market data failed a check and was not imported."""


class UnknownInstrument(BadInput):
    """No definition of this instrument is under `config/instruments/` or in the catalog."""


class PolicyRefused(TradingbotError):
    """A rule, the gate or a switch refuses."""

    exit_code = 3


class LedgerTampered(PolicyRefused):
    """A record that is only ever added to was changed, cut or reordered."""


class RunFailed(TradingbotError):
    """A run started and could not finish honestly."""


class StrategyFailed(RunFailed):
    """A component raised inside the engine, which alone would have swallowed it."""


class LedgerMismatch(RunFailed):
    """The ledger does not add up to the engine's account."""


class WorkerDied(RunFailed):
    """A worker process ended without an answer, twice."""

# file: core/messages/signal.py
"""Signal, observation and drift messages, and the topics they are published under."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.messages.intent import Side, Strength

SIGNAL = "signal"
OBSERVATION = "observation"
RESOLVED = "resolved"
DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Signal:
    """Which side pays, how probably, and how far and how long the model looked.

    `direction` and `strength` are None where the model abstains. `probability` is that of a rise (of a profit, where a
    strategy's own entries are judged). The outcome is decided `target` above or `stop` below the price (fractions of
    it, mirrored for a short), or after `horizon` bars. `ts` is the close of the bar (UTC ns), `model` the sha256 of the
    artefact.
    """

    instrument: str
    ts: int
    direction: Side | None
    probability: float
    strength: Strength | None
    target: float
    stop: float
    horizon: int
    model: str


@dataclass(frozen=True, slots=True)
class Observation:
    """The features of one bar and the probability the model made of them. `ts` is the bar's close, UTC ns."""

    instrument: str
    ts: int
    features: tuple[float, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Resolved:
    """How a prediction ended.

    It was given at `decided` and its outcome known at `ts`, both UTC ns: `up` is the class that came true. `covered`
    says whether the conformal set of then held that class, None where no set was made.
    """

    instrument: str
    decided: int
    ts: int
    up: bool
    probability: float
    covered: bool | None


@dataclass(frozen=True, slots=True)
class DriftFound:
    """One alarm: which stream of which instrument, the detector that raised it, what it measured and its limit.

    `stream` is `feature <name>`, `prediction`, `label rate` or `coverage`; `sentence` is what a person reads; `ts` is
    UTC ns.
    """

    instrument: str
    ts: int
    stream: str
    detector: str
    value: float
    limit: float
    sentence: str

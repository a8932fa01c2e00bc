# file: tests/core/registry/samples.py
"""A key, a certificate, a report and an installation in which one candidate is validated."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tradingbot.core.lane import Lane
from tradingbot.core.registry.certificate import NAMES, Certificate, sign
from tradingbot.core.registry.signing import signing_key
from tradingbot.core.registry.states import CERTIFIED, Change, State
from tradingbot.core.registry.store import Registry, record_outcome
from tradingbot.core.validation import record as validation

NOW = 1_764_000_000_000_000_000
DAY = 86_400_000_000_000
STRATEGY = "strategies.trendfollowing:TrendFollowing"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


PARTS = {name: sha(name) for name in NAMES}
HEAD = sha("the last trial")


def unsigned(**fields: Any) -> Certificate:
    found = Certificate(
        candidate="trend-1",
        run="run-1",
        issued_ns=NOW,
        expires_ns=NOW + 90 * DAY,
        parts=PARTS,
        report_sha256=sha("report"),
        trials_head=HEAD,
        thresholds={"sharpe": 2.0, "trades": 500, "unit": "share"},
        config_path="config/backtests/trend.json",
        settings=("seed=7",),
    )
    return replace(found, **fields)


def signed(**fields: Any) -> Certificate:
    return sign(unsigned(**fields), KEY)


def change(state: State, /, **fields: Any) -> Change:
    """Return a change of trend-1 that has a certificate where the state wants one."""
    text = signed().to_json() if state in CERTIFIED else ""
    return replace(Change("trend-1", state, "ann", "why", NOW, text, STRATEGY, Lane.FOREX), **fields)


def report(**fields: Any) -> validation.ValidationRecord:
    manner = validation.RunStats(
        trades=812, net_pnl=1234.5, realised_pnl=1234.5, sharpe=2.6, profit_factor=1.7, max_drawdown=0.08
    )
    origin: dict[str, Any] = dict.fromkeys(
        ("command", "config", "budget", "start", "end", "bar", "currency", "recipe", "data_label"), "x"
    )
    found = validation.ValidationRecord(
        candidate="trend-1",
        run="run-1",
        verdict=validation.Verdict(value="PASS", reason="every criterion holds"),
        criteria=(),
        pooled=validation.Pooled(days=(), growth=(), measured=manner, cvar=0.01, effective_trades=700.5, clusters=3),
        whole=manner,
        folds=(),
        perturbations=(),
        perturbation_criterion="",
        perturbation_answer="pass",
        shocks=(),
        regimes=(),
        fan=None,
        reordering=None,
        trials=validation.TrialsSeen(
            recorded=3, counted=3, adjusted_p=0.01, own_p=0.005, t=3.2, resamples=1000, head=HEAD
        ),
        diagnostics=validation.Diagnostics(**dict.fromkeys(validation.Diagnostics.model_fields)),
        cautions=("é is one letter",),
        origin=validation.Origin(
            **origin, seed=7, instruments=("EURUSD",), lane="forex", equity=1e5, strategies=({"fast": 10, "k": 0.1},),
            synthetic=False, parts=PARTS, versions={}, runs=3,
        ),
    )  # fmt: skip
    return found.model_copy(update=fields)


def install(home: Path, **fields: Any) -> Certificate:
    """Make `home` an installation in which trend-1 is validated, signed with its own key; return the certificate."""
    found = report()
    path = home / "logs" / "validation" / found.candidate / found.run / "report.json"
    path.parent.mkdir(parents=True)
    path.write_text(found.to_json(), encoding="utf-8")
    key = signing_key(home / "state" / "keys" / "validator.pem")
    certificate = sign(unsigned(report_sha256=found.sha256) if not fields else unsigned(**fields), key)
    registry = Registry(home / "state" / "registry.db")
    record_outcome(registry, change(State.VALIDATED, certificate=certificate.to_json()))
    return certificate

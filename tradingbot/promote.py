# file: promote.py
"""Use case: promote what is still, to the byte, what was validated; demote and retire."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tradingbot.core.config.home import existing_home, home, sandboxed
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.registry.certificate import Certificate, Parts, differences, verify
from tradingbot.core.registry.signing import verifying_key
from tradingbot.core.registry.states import Change, State, allow
from tradingbot.core.registry.store import Registry
from tradingbot.core.time import to_iso

type PartsNow = Callable[[Certificate], Mapping[str, str]]
"""Computes the parts again from what lies on the disk."""

type TrialHeads = Callable[[], Collection[str]]
"""Checks the trial ledger's chain and returns the digests of its rows."""


def promote(
    candidate: str,
    operator: str,
    why: str,
    now: int,
    parts_now: PartsNow | None = None,
    trial_heads: TrialHeads | None = None,
) -> Change:
    """Record that `operator` promotes a validated candidate at `now` (UTC nanoseconds); return the registry's row.

    Checked in this order: the registry's chain, the state, the certificate's signature and time, the report, the trial
    ledger, every part. The first that is not as it was when the certificate was signed refuses, and the registry has no
    row of it. Operators promote through `operations.registry`, which audits the command first.

    Raises PolicyRefused in one sentence that names what changed; LedgerTampered where it is the registry or the trial
    ledger; RunFailed when the registry cannot be written.
    """
    _answering(f"{candidate} was not promoted", {"an operator's name": operator})
    last = history(candidate)[-1]
    allow(candidate, last.state, State.PROMOTED)
    certificate = last.certified()
    if certificate is None:
        raise PolicyRefused(f"{last.candidate} has no certificate; validate it again")
    verify(certificate, verifying_key())
    _check_time(certificate, now)
    _check_report(certificate)
    _check_trials(certificate, trial_heads or _heads_on_disk)
    _check_parts(certificate, parts_now or _parts_on_disk)
    return _record(last, State.PROMOTED, operator, why, now, last.certificate)


def set_champion_alias(change: Change) -> str:
    """Make a promoted model the champion where trainings are tracked; return why it is not, or nothing.

    The promotion stands either way: the registry decides what trades, the tracking database only shows it.
    """
    certificate = change.certified()
    model = certificate.parts.get("model") if certificate else None
    if model is None or not (home() / "state" / "mlflow.db").is_file():
        return ""
    # Heavy, and needed here alone.
    from tradingbot.learning.tracking import Tracker

    try:
        Tracker(home()).crown(change.candidate, model)
    except (BadInput, RunFailed) as error:
        return str(error)
    return ""


def demote(candidate: str, operator: str, why: str, now: int) -> Change:
    """Record that a promoted candidate is no longer; errors as in `promote`, and without a reason."""
    return _take_down(State.DEMOTED, candidate, operator, why, now)


def retire(candidate: str, operator: str, why: str, now: int) -> Change:
    """Record that a candidate is given up for good; errors as in `promote`, and without a reason."""
    return _take_down(State.RETIRED, candidate, operator, why, now)


def registered() -> list[Change]:
    """Return the last change of every candidate; LedgerTampered when the registry is not what was written."""
    return Registry(registry_path()).current()


def history(candidate: str) -> list[Change]:
    """Return every change of a candidate, oldest first.

    Raises PolicyRefused when the registry does not know it, or (LedgerTampered) is not what was written.
    """
    changes = Registry(registry_path()).history(candidate)
    if not changes:
        known = ", ".join(change.candidate for change in registered()) or "none"
        raise PolicyRefused(f"{candidate!r:.90} is not in the registry {registry_path()}, known: {known}")
    return changes


def registry_path() -> Path:
    """Return the file of the registry.

    Raises RunFailed when there is no such installation.
    """
    return existing_home() / "state" / "registry.db"


def report_path(certificate: Certificate) -> Path:
    """Return where the report that the certificate vouches for lies."""
    return home() / "logs" / "validation" / certificate.candidate / certificate.run / "report.json"


def _take_down(state: State, candidate: str, operator: str, why: str, now: int) -> Change:
    _answering(f"{candidate} was not {state}", {"an operator's name": operator, "a reason": why})
    return _record(history(candidate)[-1], state, operator, why, now)


def _answering(outcome: str, given: dict[str, str]) -> None:
    if missing := [what for what, text in given.items() if not text.strip()]:
        raise PolicyRefused(f"{outcome}: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} needed")


def _record(last: Change, state: State, who: str, why: str, now: int, certificate: str = "") -> Change:
    change = Change(last.candidate, state, who, why, now, certificate, last.strategy, last.lane)
    Registry(registry_path()).record(change)
    return change


def _check_time(certificate: Certificate, now: int) -> None:
    name = certificate.candidate
    if now >= certificate.expires_ns:
        raise PolicyRefused(f"the certificate of {name} expired at {to_iso(certificate.expires_ns)}; validate it again")
    if now < certificate.issued_ns:
        raise PolicyRefused(
            f"the certificate of {name} was issued at {to_iso(certificate.issued_ns)}, which is later than now"
        )


def _check_report(certificate: Certificate) -> None:
    # Heavy, and needed here alone.
    from tradingbot.core.validation.record import ValidationRecord

    path, name = report_path(certificate), certificate.candidate
    if not path.is_file():
        raise PolicyRefused(f"the report of {name} is gone: {path} was not found")
    try:
        content = path.read_bytes()
        values = dict(json.loads(content))
        values.pop("sha256", None)
        report = ValidationRecord.model_validate(values)
    except (OSError, ValueError, TypeError, RecursionError):
        raise PolicyRefused(f"the report of {name} changed: {path} is no report of a validation any more") from None
    # To the byte: spaces or a stored hash that were changed are changes too.
    if report.sha256 != certificate.report_sha256 or report.to_json().encode() != content:
        raise PolicyRefused(f"the report of {name} changed since it was signed: {path}")
    about = report.candidate, report.run, report.verdict.value
    if about != (name, certificate.run, certificate.verdict):
        raise PolicyRefused(f"the report of {name} was {' '.join(about)}, allowed is {name} {certificate.run} PASS")
    if report.origin.synthetic and not sandboxed():
        raise PolicyRefused(f"{name} was validated on a synthetic market, which is evidence of nothing")


def _check_trials(certificate: Certificate, heads: TrialHeads) -> None:
    if certificate.trials_head not in heads():
        raise PolicyRefused(
            f"the trial ledger changed: it has no row {certificate.trials_head[:16]}, "
            f"which was its last when {certificate.candidate} was validated"
        )


def _check_parts(certificate: Certificate, parts_now: PartsNow) -> None:
    name = certificate.candidate
    try:
        changed = differences(certificate.parts, Parts(parts_now(certificate)))
    except BadInput as error:
        raise PolicyRefused(f"the parts of {name} cannot be compared: {error}") from error
    if changed:
        day = to_iso(certificate.issued_ns)[:10]
        raise PolicyRefused(f"{name} was not promoted: {', '.join(changed)} changed since it was validated on {day}")


def _heads_on_disk() -> Collection[str]:
    from tradingbot.core.experiments.trials import TrialLedger

    ledger = TrialLedger(home() / "state" / "trials.db")
    ledger.verify()
    return {row.digest for row in ledger.rows()}


def _parts_on_disk(certificate: Certificate) -> Mapping[str, str]:
    from tradingbot.core.experiments.candidate import candidate_parts

    return candidate_parts(certificate.config_path, certificate.settings)

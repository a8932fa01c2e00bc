# file: operations/validation.py
"""The last validation of a candidate, read from its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tradingbot.core.config.home import home
from tradingbot.core.errors import BadInput, RunFailed, TradingbotError
from tradingbot.core.messages.candidateview import CriterionView, FactView, ValidationView
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.registry.certificate import Certificate, is_name
from tradingbot.core.registry.store import Registry

if TYPE_CHECKING:
    from tradingbot.core.validation.record import Criterion, ValidationRecord


def candidates() -> tuple[str, ...]:
    """Return the candidates that have a report, by name; nothing where nothing was validated."""
    return tuple(sorted({path.parent.parent.name for path in _reports("*")}))


def validation(candidate: str) -> ValidationView:
    """Return the report of a candidate that was written last.

    Raises BadInput when it has none, naming those that have one; RunFailed when the report cannot be read, or is not
    what was written.
    """
    # A name has no slash and no leading point, so that it cannot lead out of the folder.
    found = _reports(candidate) if is_name(candidate) else []
    if not found:
        known = ", ".join(candidates()) or "none"
        raise BadInput(f"{candidate!r:.90} has no report of a validation, those that have one: {known}")
    path = max(found, key=lambda report: (_written(report), report.parent.name))
    return _view(_record(path, candidate), path)


def _reports(candidate: str) -> list[Path]:
    """Return the reports of a candidate, or with `*` of all."""
    found = (home() / "logs" / "validation").glob(f"{candidate}/*/report.json")
    return [path for path in found if is_name(path.parent.name) and is_name(path.parent.parent.name)]


def _record(path: Path, candidate: str) -> ValidationRecord:
    # Heavy, and needed here alone.
    from tradingbot.core.validation.record import ValidationRecord

    try:
        values = dict(json.loads(path.read_bytes()))
        sha256 = values.pop("sha256", None)
        record = ValidationRecord.model_validate(values)
        written = record.sha256
    except OSError as error:
        raise RunFailed(f"the report {path} could not be read: {error.strerror}") from error
    except (ValueError, TypeError, RecursionError):
        raise RunFailed(f"{path} is no report of a validation any more") from None
    if (record.candidate, record.run) != (candidate, path.parent.name):
        raise RunFailed(f"{path} is the report of {record.candidate!r:.90}, run {record.run!r:.90}")
    if sha256 != written:
        raise RunFailed(f"{path} is not what was written: its sha256 was {written:.16}, it says {sha256!s:.16}")
    return record


def _view(record: ValidationRecord, path: Path) -> ValidationView:
    certificate, trouble = _certificate(record)
    html = path.with_suffix(".html")
    return ValidationView(
        candidate=record.candidate,
        run=record.run,
        finished=_written(path),
        verdict=record.verdict.value,
        reason=record.verdict.reason,
        reasons=record.verdict.reasons,
        settle=record.verdict.settle,
        criteria=tuple(map(_criterion, record.criteria)),
        facts=_facts(record),
        cautions=(*record.switched_off, *record.cautions, *trouble),
        budget=record.origin.budget,
        synthetic=record.origin.synthetic,
        certified=certificate is not None,
        issued=certificate.issued_ns if certificate else None,
        expires=certificate.expires_ns if certificate else None,
        html=str(html) if html.is_file() else "",
        sha256=record.sha256,
        report=record.model_dump(mode="json"),
    )


def _certificate(record: ValidationRecord) -> tuple[Certificate | None, list[str]]:
    """Return the certificate of this run that the registry holds now, and why that cannot be known."""
    try:
        past = Registry(home() / "state" / "registry.db").history(record.candidate)
        found = past[-1].certified() if past else None
    except TradingbotError as error:
        return None, [f"whether it is certified is not known: {error}"]
    vouches = found is not None and (found.run, found.report_sha256) == (record.run, record.sha256)
    return (found if vouches else None), []


def _criterion(one: Criterion) -> CriterionView:
    from tradingbot.reports.validation.wording import in_unit, interval, limit_text

    return CriterionView(
        name=one.name,
        title=one.title,
        was=in_unit(one.value, one.unit),
        limit=limit_text(one),
        interval=interval(one.low, one.high, one.unit),
        answer=one.answer,
        passed=one.answer == "pass",
        looser=one.looser,
        why=one.why,
    )


_RATIOS = {"Sharpe": "sharpe", "CVaR": "sharpe", "PF": "profit_factor"}
"""The facts that are ratios, by what says how many days or trades are behind them."""


def _facts(record: ValidationRecord) -> tuple[FactView, ...]:
    from tradingbot.core.messages.formatting import number, percent

    measured, found, origin = record.pooled.measured, record.diagnostics, record.origin
    trials, effective = record.trials, number(record.pooled.effective_trades, 0)
    rows = (
        ("Trades", number(measured.trades, 0), f"out of sample, worth {effective} independent ones"),
        ("Sharpe", number(measured.sharpe), "annual, out of sample"),
        ("DSR", percent(found.dsr), "chance that the true Sharpe ratio beats the luckiest worthless trial's"),
        ("PBO", percent(found.pbo), "how often the best on half the days is below the middle on the rest"),
        ("MaxDD", percent(measured.max_drawdown), "deepest fall of the equity from its peak"),
        ("PF", number(measured.profit_factor), "sum of what trades won / sum of what trades lost"),
        ("CVaR", percent(record.pooled.cvar), "mean loss of the worst 5 % of days"),
        ("Trials", number(trials.counted, 0), f"distinct ones charged, of {number(trials.recorded, 0)} on record"),
        ("Budget", origin.budget, "only full can end in PASS"),
        ("Data", f"{origin.start[:10]} to {origin.end[:10]}", origin.data_label),
    )
    few = {name: weakness(measured.unreliable, of) for name, of in _RATIOS.items()}
    return tuple(FactView(*row, few.get(row[0], "")) for row in rows)


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0

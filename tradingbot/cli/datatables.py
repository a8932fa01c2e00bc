# file: cli/datatables.py
"""Tables of the `data` verbs, and the same as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tradingbot.cli.tables import table
from tradingbot.core.market.checks.defects import Defect, Severity, moment
from tradingbot.core.market.importers.importreport import ImportReport, Outcome, defect_dict

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from tradingbot.core.market.catalog.catalog import Entry
    from tradingbot.core.market.catalog.recheck import RecheckResult
    from tradingbot.core.market.download.report import DownloadReport
    from tradingbot.core.market.instruments.listings import Listing
    from tradingbot.core.market.instruments.venueterms import TermDifference

_OPTION = "=OPT."
_SHOWN = 10
_BLOCKS = {True: "a node would be refused", False: "no node is refused"}


def import_lines(report: ImportReport) -> Iterator[RenderableType]:
    """Yield what a person should read about one import, the outcome last."""
    taken, findings = report.taken, report.taken.findings
    if findings.defects:
        yield _defects(findings.defects)
    if taken.left:
        yield "Left after the repair:"
        yield _defects(taken.left)
    for verb, counts in (("repaired", taken.repaired), ("left out", taken.skipped)):
        yield from (f"{verb} {rows:,} rows: {what}" for what, rows in counts.items())
    yield from (f"note: {note}" for note in taken.notes)
    bars = f" {taken.step}" if taken.step else ""
    head = f"{report.path}: {findings.rows:,} rows of {report.instrument} {report.kind}{bars} ({taken.format})"
    span = f"{moment(findings.first_ts)} to {moment(findings.last_ts)} UTC" if findings.rows else "no rows"
    yield f"{head}, {span}"
    if report.outcome is Outcome.IMPORTED:
        per_series = ", ".join(f"{series}: {rows:,}" for series, rows in taken.added.items() if rows)
        yield f"imported {report.new_rows:,} new rows into {report.catalog} in {report.seconds:.1f} s"
        yield f"new: {per_series}"
    elif report.outcome is Outcome.UNCHANGED:
        yield f"nothing was imported: {report.catalog} had all of it already, and is as it was"
    else:
        yield "refused: nothing was imported"


def download_lines(report: DownloadReport) -> Iterator[RenderableType]:
    """Yield what a person should read about one download, the outcome last."""
    defects = [defect for taken in report.windows for defect in taken.findings.defects]
    if defects:
        yield _defects(defects)
    yield from (f"note: {note}" for note in report.as_dict()["notes"])
    for first, last in report.missing[:_SHOWN]:
        yield f"missing at the venue: {moment(first)}" + (f" to {moment(last)}" if last > first else "")
    if len(report.missing) > _SHOWN:
        yield f"missing at the venue: {len(report.missing) - _SHOWN} more stretches; --json names them all"
    yield f"{report.instrument} {report.kind}{f' {report.step}' if report.step else ''} from {report.endpoint}"
    if report.due:
        counts = f"{report.due:,} rows due, {report.held:,} held, {report.asked:,} asked for, {report.came:,} came"
        missing = f", {report.missing_rows:,} missing" if report.missing_rows else ""
        yield f"{moment(report.first)} to {moment(report.last)} UTC: {counts}{missing}"
    if report.outcome is Outcome.REFUSED:
        yield f"refused: the last window is not stored; {report.new_rows:,} new rows before it are"
    elif report.new_rows:
        yield f"downloaded {report.new_rows:,} new rows into {report.catalog} in {report.seconds:.1f} s"
    else:
        yield f"nothing was downloaded: {report.catalog} has all there is"


def differences_table(differences: Iterable[TermDifference]) -> Table:
    """Return where config and venue state an instrument's terms differently, both numbers side by side."""
    rows = (
        (
            each.instrument,
            each.field,
            "" if each.ours is None else f"{each.ours:f}",
            f"{each.venue:f}",
            _BLOCKS[each.blocks],
        )
        for each in differences
    )
    return table("instrument", "field", ">config", ">venue", "", rows=rows)


def entries_table(entries: list[Entry]) -> Table:
    """Return the series of a catalog; option contracts of one underlying take one line."""
    rows = (
        (
            name if len(group) == 1 else f"{name} x {len(group)}",
            group[0].kind,
            str(group[0].step or ""),
            str(group[0].side or ""),
            f"{sum(entry.rows for entry in group):,}",
            moment(min(entry.first for entry in group))[:16],
            moment(max(entry.last for entry in group))[:16],
            f"{sum(entry.bytes for entry in group) / 1e6:.1f}",
        )
        for name, group in _grouped(entries)
    )
    return table("instrument", "kind", "bar", "side", ">rows", "from (UTC)", "to (UTC)", ">MB", rows=rows)


def entry_dict(entry: Entry) -> dict[str, Any]:
    """Return a series as plain values for JSON."""
    return {
        "instrument": entry.instrument,
        "kind": str(entry.kind),
        "bar": None if entry.step is None else str(entry.step),
        "side": None if entry.side is None else str(entry.side),
        "rows": entry.rows,
        "first": moment(entry.first),
        "last": moment(entry.last),
        "bytes": entry.bytes,
    }


def checked_table(results: list[RecheckResult]) -> Table:
    """Return a line for each series without defects (one for all options alike), then one per defect."""
    rows: list[tuple[str, ...]] = []
    for name, group in _grouped([result.entry for result in results if not result.findings.defects]):
        series = str(group[0].series) if len(group) == 1 else f"{name} x {len(group)} {group[0].kind}"
        rows.append((series, "none", "ok", "", "", f"{sum(entry.rows for entry in group):,} rows"))
    rows.extend(
        (
            str(result.entry.series),
            defect.kind,
            defect.severity,
            f"{defect.count:,}",
            moment(defect.first_time),
            defect.sentence,
        )
        for result in results
        for defect in result.findings.defects
    )
    return table("series", "defect", "", ">count", "first (UTC)", "what", rows=rows)


def checked_dict(result: RecheckResult) -> dict[str, Any]:
    """Return a series and its defects as plain values for JSON."""
    return entry_dict(result.entry) | {"defects": list(map(defect_dict, result.findings.defects))}


def listings_table(listings: list[Listing]) -> Table:
    """Return the defined instruments and their terms."""
    sizes, fees = (">price step", ">size step", ">min size", ">min value"), (">maker %", ">taker %", ">margin %")
    return table("instrument", *sizes, *fees, rows=map(_listing_row, listings))


def _listing_row(listing: Listing) -> tuple[str, ...]:
    terms = listing_dict(listing)
    sizes = (str(terms[name] or "") for name in ("price_step", "size_step", "minimum_quantity", "minimum_notional"))
    percents = (f"{100 * float(terms[name]):.4g}" for name in ("maker_fee", "taker_fee", "margin_init"))
    return listing.id, *sizes, *percents


def listing_dict(listing: Listing) -> dict[str, Any]:
    """Return an instrument's terms as plain values for JSON; numbers as text, so that none is rounded."""
    instrument: Any = listing.instrument
    least, notional = instrument.min_quantity, getattr(instrument, "min_notional", None)
    return {
        "id": listing.id,
        "product": str(listing.product),
        "lane": str(listing.lane),
        "session": listing.session.name,
        "price_step": str(instrument.price_increment),
        "size_step": str(instrument.size_increment),
        "minimum_quantity": None if least is None else str(least),
        "minimum_notional": notional and f"{notional.as_decimal().normalize():f} {notional.currency.code}",
        "multiplier": str(instrument.multiplier),
        "maker_fee": str(listing.maker_fee),
        "taker_fee": str(listing.taker_fee),
        "margin_init": str(instrument.margin_init),
        "margin_maint": str(instrument.margin_maint),
        "funding_minutes": listing.funding_minutes,
        "source": listing.source,
    }


def _defects(defects: Iterable[Defect]) -> Table:
    rows: list[tuple[str, ...]] = []
    for defect in defects:
        what = defect.sentence
        if defect.severity is Severity.REFUSE:
            what += f"; repair: {defect.repair or 'nothing can be done'}"
        counts = (f"{defect.count:,}", f"{defect.first_row:,}", moment(defect.first_time))
        rows.append((defect.kind, defect.severity, *counts, what))
    columns = ("defect", "", ">count", ">first row", "first (UTC)", "what, and what repair would do")
    return table(*columns, rows=rows)


def _grouped(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        name = f"{entry.instrument[:6].strip()} options" if _OPTION in entry.instrument else entry.instrument
        groups.setdefault((name, entry.kind, str(entry.step), str(entry.side)), []).append(entry)
    return [(key[0], group) for key, group in groups.items()]

# file: cli/datatables.py
"""Tables of the `data` verbs, at most 100 columns wide, and the same as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tradingbot.core.market.checks.defects import Defect, Severity, moment
from tradingbot.core.market.importers.importreport import ImportReport, Outcome, defect_dict

if TYPE_CHECKING:
    from tradingbot.core.market.catalog.catalog import Entry
    from tradingbot.core.market.catalog.recheck import RecheckResult
    from tradingbot.core.market.instruments.listings import Listing


_OPTION = "=OPT."
_WIDTH = 100


def console() -> Console:
    """Return standard output, 100 columns wide where it is no terminal."""
    found = Console()
    return found if found.is_terminal else Console(width=_WIDTH)


def import_lines(report: ImportReport) -> Iterator[Any]:
    """Yield what a person should read about one import, the outcome last."""
    taken, found = report.taken, report.taken.findings
    if found.defects:
        yield _defects(found.defects)
    if taken.left:
        yield "Left after the repair:"
        yield _defects(taken.left)
    for verb, counts in (("repaired", taken.repaired), ("left out", taken.skipped)):
        for what, rows in counts.items():
            yield escape(f"{verb} {rows:,} rows: {what}")
    for note in taken.notes:
        yield escape(f"note: {note}")
    bars = f" {taken.step}" if taken.step else ""
    head = f"{report.path}: {found.rows:,} rows of {report.instrument} {report.kind}{bars} ({taken.format})"
    span = f"{moment(found.first_ts)} to {moment(found.last_ts)} UTC" if found.rows else "no rows"
    yield escape(f"{head}, {span}")
    if report.outcome is Outcome.IMPORTED:
        per_series = ", ".join(f"{series}: {rows:,}" for series, rows in taken.added.items() if rows)
        yield escape(f"imported {report.new_rows:,} new rows into {report.catalog} in {report.seconds:.1f} s")
        yield escape(f"new: {per_series}")
    elif report.outcome is Outcome.UNCHANGED:
        yield escape(f"nothing was imported: {report.catalog} had all of it already, and is as it was")
    else:
        yield "refused: nothing was imported"


def entries_table(entries: list[Entry]) -> Table:
    """Return the series of a catalog; option contracts of one underlying take one line."""
    table = _table("instrument", "kind", "bar", "side", ">rows", "from (UTC)", "to (UTC)", ">MB")
    for name, group in _grouped(entries):
        first, count = group[0], len(group)
        table.add_row(
            escape(name if count == 1 else f"{name} x {count}"),
            first.kind,
            str(first.step or ""),
            str(first.side or ""),
            f"{sum(entry.rows for entry in group):,}",
            _minute(min(entry.first for entry in group)),
            _minute(max(entry.last for entry in group)),
            f"{sum(entry.bytes for entry in group) / 1e6:.1f}",
        )
    return table


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


def checked_table(found: list[RecheckResult]) -> Table:
    """Return a line for each series without defects (one for all options alike), then one per defect."""
    table = _table("series", "defect", "", ">count", "first (UTC)", "what")
    clean = [checked.entry for checked in found if not checked.findings.defects]
    for name, group in _grouped(clean):
        series = str(group[0].series) if len(group) == 1 else f"{name} x {len(group)} {group[0].kind}"
        table.add_row(escape(series), "none", "ok", "", "", f"{sum(entry.rows for entry in group):,} rows")
    for checked in found:
        for defect in checked.findings.defects:
            name = escape(str(checked.entry.series))
            table.add_row(name, defect.kind, defect.severity, f"{defect.count:,}", *_told(defect))
    return table


def checked_dict(checked: RecheckResult) -> dict[str, Any]:
    """Return a series and its defects as plain values for JSON."""
    return entry_dict(checked.entry) | {"defects": [defect_dict(defect) for defect in checked.findings.defects]}


def listings_table(listings: list[Listing]) -> Table:
    """Return the defined instruments and their terms."""
    table = _table(
        "instrument", ">price step", ">size step", ">min size", ">min value", ">maker %", ">taker %", ">margin %"
    )
    for listing in listings:
        terms = listing_dict(listing)
        percents = (f"{100 * float(terms[name]):.4g}" for name in ("maker_fee", "taker_fee", "margin_init"))
        sizes = (str(terms[name] or "") for name in ("price_step", "size_step", "minimum_quantity", "minimum_notional"))
        table.add_row(listing.id, *sizes, *percents)
    return table


def listing_dict(listing: Listing) -> dict[str, Any]:
    """Return an instrument's terms as plain values for JSON; numbers as text, so that none is rounded."""
    instrument: Any = listing.instrument
    return {
        "id": listing.id,
        "product": str(listing.product),
        "lane": str(listing.lane),
        "session": listing.session.name,
        "price_step": str(instrument.price_increment),
        "size_step": str(instrument.size_increment),
        "minimum_quantity": _text(instrument.min_quantity),
        "minimum_notional": _amount(getattr(instrument, "min_notional", None)),
        "multiplier": str(instrument.multiplier),
        "maker_fee": str(listing.maker_fee),
        "taker_fee": str(listing.taker_fee),
        "margin_init": str(instrument.margin_init),
        "margin_maint": str(instrument.margin_maint),
        "funding_minutes": listing.funding_minutes,
        "source": listing.source,
    }


def _defects(defects: Iterable[Defect]) -> Table:
    table = _table("defect", "", ">count", ">first row", "first (UTC)", "what, and what repair would do")
    for defect in defects:
        first, what = _told(defect)
        then = f"; repair: {defect.repair}" if defect.repair else "; repair: nothing can be done"
        what += then if defect.severity is Severity.REFUSE else ""
        table.add_row(defect.kind, defect.severity, f"{defect.count:,}", f"{defect.first_row:,}", first, what)
    return table


def _told(defect: Defect) -> tuple[str, str]:
    return moment(defect.first_time), escape(defect.sentence)


def _grouped(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        name = entry.instrument
        name = f"{name[:6].strip()} options" if _OPTION in name else name
        groups.setdefault((name, entry.kind, str(entry.step), str(entry.side)), []).append(entry)
    return [(str(key[0]), group) for key, group in groups.items()]


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(columns):
        right = name.startswith(">")
        table.add_column(name.lstrip(">"), justify="right" if right else "left", overflow="fold", no_wrap=not number)
    return table


def _minute(ts: int) -> str:
    return moment(ts)[:16]


def _amount(money: Any) -> str | None:
    return None if money is None else f"{money.as_decimal().normalize():f} {money.currency.code}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)

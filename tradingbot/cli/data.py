# file: cli/data.py
"""The `data` verbs: import, list, check, delete, instruments."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradingbot.core.errors import BadInput, DataDefect

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tradingbot.core.market.importers.importreport import ImportReport
    from tradingbot.core.market.importers.recipe import Stamp
    from tradingbot.data import Request


data_app = typer.Typer(
    name="data",
    help="Import market data into the catalog, list it, check it, delete it.",
    no_args_is_help=True,
)


class Rows(StrEnum):
    """What the rows of a file are."""

    BARS = "bars"
    QUOTES = "quotes"
    TRADES = "trades"
    FUNDING = "funding"
    MARKS = "marks"
    CHAINS = "chains"


class Policy(StrEnum):
    """What happens to a file with defects."""

    REFUSE = "refuse"
    REPAIR = "repair"
    KEEP = "keep"


class Unit(StrEnum):
    """What the numbers of a funding file are."""

    FRACTION = "fraction"
    PERCENT = "percent"
    BPS = "bps"
    ANNUAL = "annual"
    ANNUAL_PERCENT = "annual-percent"


class Edge(StrEnum):
    """Which end of a bar its time stamp marks."""

    OPEN = "open"
    CLOSE = "close"


Catalog = Annotated[str, typer.Option("--catalog", metavar="DIR", help="The catalog's folder, below the home.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Bar = Annotated[str | None, typer.Option("--bar", metavar="5m", help="The bar length: a number and s, m, h or d.")]

_CATALOG = "catalog/main"


@data_app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files; each is imported on its own.")],
    instrument: Annotated[str, typer.Option("--instrument", metavar="ID", help="Such as BTCUSDT-LINEAR.BYBIT.")],
    bar: Bar = None,
    kind: Annotated[Rows, typer.Option("--kind", help="What the rows are.")] = Rows.BARS,
    stamp: Annotated[Edge | None, typer.Option("--stamp", help="Which end of a bar its time marks.")] = None,
    tz: Annotated[
        str | None, typer.Option("--tz", help="The file's clock: UTC, Europe/Athens, +03:00, America/New_York+7h.")
    ] = None,
    column: Annotated[list[str] | None, typer.Option("--column", help="Map a column: open=Open.")] = None,
    unit: Annotated[Unit | None, typer.Option("--unit", help="What funding rates are, an interval or a year.")] = None,
    catalog: Catalog = _CATALOG,
    on_defect: Annotated[Policy, typer.Option("--on-defect", help="What to do about defects.")] = Policy.REFUSE,
    as_json: AsJson = False,
) -> None:
    """Check files (Parquet, CSV, Feather; also .gz and .zip) and put their rows into the catalog.

    All rows of a file go in, or none. A file with defects is refused unless --on-defect says otherwise.
    """
    from tradingbot.core.market.funding import RateUnit
    from tradingbot.core.market.importers.importreport import OnDefect
    from tradingbot.core.market.series import Step
    from tradingbot.data import Request

    step = None if bar is None else Step.parse(bar)
    edge: Stamp | None = None if stamp is None else ("open" if stamp is Edge.OPEN else "close")
    columns = dict(_pair(text) for text in column or ())
    rate_unit = None if unit is None else RateUnit(unit.value)
    policy = OnDefect(on_defect.value)
    answers = []
    for path in paths:
        request = Request(path, instrument, kind.value, step, edge, tz, columns, rate_unit, catalog, policy)
        answers.append(_import_one(request, as_json))
    if as_json:
        _write_json({"imports": [answer for answer, _refusal in answers]})
    refusals = [refusal for _answer, refusal in answers if refusal]
    if refusals:
        more = f" (and {len(refusals) - 1} more of {len(paths)} files)" if len(refusals) > 1 else ""
        raise DataDefect(refusals[0] + more)


@data_app.command("list")
def list_(catalog: Catalog = _CATALOG, as_json: AsJson = False) -> None:
    """Show every series of the catalog: its rows, from when to when, and its size."""
    from tradingbot import data as door
    from tradingbot.cli.datatables import entries_table, entry_dict

    entries = door.list_series(catalog)
    _answer(as_json, lambda: {"series": list(map(entry_dict, entries))}, lambda: entries_table(entries))


@data_app.command("check")
def check(
    instrument: Annotated[str | None, typer.Argument(metavar="[INSTRUMENT]", help="Only this one.")] = None,
    catalog: Catalog = _CATALOG,
    as_json: AsJson = False,
) -> None:
    """Check again what the catalog holds. Ends with exit code 2 when something in it would be refused today."""
    from tradingbot import data as door
    from tradingbot.cli.datatables import checked_dict, checked_table
    from tradingbot.cli.terminal import progress_bar

    total = sum(1 for entry in door.list_series(catalog) if instrument in (None, entry.instrument))
    found = []
    with progress_bar("checking", quiet=as_json) as advance:
        for checked in door.check(catalog, instrument):
            found.append(checked)
            advance(min(len(found), total), total)
    _answer(as_json, lambda: {"series": list(map(checked_dict, found))}, lambda: checked_table(found))
    bad = [checked.entry.instrument for checked in found if checked.findings.refusals]
    if bad:  # funding that is not there at all is a finding, and no series
        raise DataDefect(f"{len(bad)} of {total} series have defects, first {bad[0]}; import would refuse them today")


@data_app.command("delete")
def delete(
    instrument: Annotated[str, typer.Argument(metavar="INSTRUMENT", help="Whose rows to remove.")],
    kind: Annotated[Rows | None, typer.Option("--kind", help="Only rows of this kind.")] = None,
    bar: Bar = None,
    start: Annotated[str | None, typer.Option("--start", help="First time to remove, UTC: 2025-01-31T08:00.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="Last time to remove, included.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; nothing asks again.")] = False,
    catalog: Catalog = _CATALOG,
    as_json: AsJson = False,
) -> None:
    """Remove an instrument's rows, all of them or those of one kind, bar length or interval."""
    from tradingbot import data as door
    from tradingbot.core.market.columns import Kind
    from tradingbot.core.market.series import Step

    if kind is Rows.CHAINS:
        raise BadInput(
            "--kind was chains; the catalog keeps them as quotes of each contract and trades of the underlying"
        )
    if not yes:
        raise BadInput(f"nothing was deleted: add --yes to remove rows of {instrument} from {catalog} for good")
    wanted, step = (None if kind is None else Kind(kind.value)), (None if bar is None else Step.parse(bar))
    removed = door.delete(instrument, catalog, wanted, step, _ns("--start", start), _ns("--end", end))
    _answer(as_json, lambda: {"instrument": instrument, "removed": removed}, lambda: f"{removed:,} rows removed")


@data_app.command("instruments")
def instruments(as_json: AsJson = False) -> None:
    """Show the defined instruments: price and size steps, minimums, fees and margins."""
    from tradingbot import data as door
    from tradingbot.cli.datatables import listing_dict, listings_table

    found = door.instruments()
    _answer(as_json, lambda: {"instruments": list(map(listing_dict, found))}, lambda: listings_table(found))


def _import_one(request: Request, as_json: bool) -> tuple[dict[str, Any], str]:
    """Return the JSON of one import and the sentence of its refusal, empty when there was none."""
    from tradingbot import data as door
    from tradingbot.cli.terminal import progress_bar

    try:
        with progress_bar(request.path.name, quiet=as_json) as advance:
            report = door.import_file(request, advance)
    except BadInput as error:
        known = {"path": str(request.path), "instrument": request.instrument, "kind": request.kind}
        return known | {"outcome": "refused", "new_rows": 0, "defects": [], "error": str(error)}, str(error)
    if not as_json:
        _show(report)
    return report.as_dict(), report.refusal


def _show(report: ImportReport) -> None:
    from tradingbot.cli.datatables import console, import_lines

    screen = console()
    for line in import_lines(report):
        screen.print(line, soft_wrap=isinstance(line, str))


def _answer(as_json: bool, plain: Callable[[], dict[str, Any]], shown: Callable[[], RenderableType]) -> None:
    if as_json:
        _write_json(plain())
        return
    from tradingbot.cli.datatables import console

    console().print(shown())


def _write_json(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadInput(f"--column was {text!r}, allowed is OUR_NAME=FILE_NAME, such as open=Open")
    return name, value


def _ns(flag: str, text: str | None) -> int | None:
    if text is None:
        return None
    import datetime as dt

    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{flag} was {text!r}, allowed is a date or a time such as 2025-01-31 or 2025-01-31T08:00"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return round(moment.timestamp() * 1_000_000) * 1_000

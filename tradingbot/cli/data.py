# file: cli/data.py
"""The `data` verbs: import, list, check, delete, instruments; download and update are beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tradingbot.cli.download import compare_instruments, download, update
from tradingbot.cli.options import AsJson, Bar, Catalog, utc_ns
from tradingbot.cli.tables import show, write_json
from tradingbot.cli.terminal import progress_bar
from tradingbot.core.errors import BadInput, DataDefect

if TYPE_CHECKING:
    from tradingbot.data import Request

data_app = typer.Typer(help="Bring market data into the catalog, list it, check it, delete it.", no_args_is_help=True)


Rows = Literal["bars", "quotes", "trades", "funding", "marks", "chains"]
Unit = Literal["fraction", "percent", "bps", "annual", "annual-percent"]

_CATALOG = "catalog/main"


@data_app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files; each is imported on its own.")],
    instrument: Annotated[str, typer.Option("--instrument", metavar="ID", help="Such as BTCUSDT-LINEAR.BYBIT.")],
    bar: Bar = None,
    kind: Annotated[Rows, typer.Option("--kind", help="What the rows are.")] = "bars",
    stamp: Annotated[
        Literal["open", "close"] | None, typer.Option("--stamp", help="Which end of a bar its time marks.")
    ] = None,
    tz: Annotated[
        str | None, typer.Option("--tz", help="The file's clock: UTC, Europe/Athens, +03:00, America/New_York+7h.")
    ] = None,
    column: Annotated[list[str] | None, typer.Option("--column", help="Map a column: open=Open.")] = None,
    unit: Annotated[Unit | None, typer.Option("--unit", help="What funding rates are, an interval or a year.")] = None,
    catalog: Catalog = _CATALOG,
    on_defect: Annotated[
        Literal["refuse", "repair", "keep"], typer.Option("--on-defect", help="What to do about defects.")
    ] = "refuse",
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
    columns = dict(map(_pair, column or ()))
    rate_unit = None if unit is None else RateUnit(unit)
    answers = []
    for path in paths:
        request = Request(path, instrument, kind, step, stamp, tz, columns, rate_unit, catalog, OnDefect(on_defect))
        answers.append(_import_one(request, as_json))
    if as_json:
        write_json({"imports": [answer for answer, _refusal in answers]})
    refusals = [refusal for _answer, refusal in answers if refusal]
    if refusals:
        more = f" (and {len(refusals) - 1} more of {len(paths)} files)" if len(refusals) > 1 else ""
        raise DataDefect(refusals[0] + more)


data_app.command()(download)
data_app.command()(update)


@data_app.command("list")
def list_(catalog: Catalog = _CATALOG, as_json: AsJson = False) -> None:
    """Show every series of the catalog: its rows, from when to when, and its size."""
    from tradingbot import data as usecase
    from tradingbot.cli.datatables import entries_table, entry_dict

    entries = usecase.list_series(catalog)
    if as_json:
        write_json({"series": list(map(entry_dict, entries))})
    else:
        show(entries_table(entries))


@data_app.command()
def check(
    instrument: Annotated[str | None, typer.Argument(metavar="[INSTRUMENT]", help="Only this one.")] = None,
    catalog: Catalog = _CATALOG,
    as_json: AsJson = False,
) -> None:
    """Check again what the catalog holds. Ends with exit code 2 when something in it would be refused today."""
    from tradingbot import data as usecase
    from tradingbot.cli.datatables import checked_dict, checked_table

    total = sum(1 for entry in usecase.list_series(catalog) if instrument in (None, entry.instrument))
    results = []
    with progress_bar("checking", quiet=as_json) as advance:
        for result in usecase.check(catalog, instrument):
            results.append(result)
            advance(min(len(results), total), total)
    if as_json:
        write_json({"series": list(map(checked_dict, results))})
    else:
        show(checked_table(results))
    bad = [result.entry.instrument for result in results if result.findings.refusals]
    if bad:  # funding that is not there at all is a finding, and no series
        raise DataDefect(f"{len(bad)} of {total} series have defects, first {bad[0]}; import would refuse them today")


@data_app.command()
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
    from tradingbot import data as usecase
    from tradingbot.core.market.columns import Kind
    from tradingbot.core.market.series import Step

    if kind == "chains":
        raise BadInput(
            "--kind was chains; the catalog keeps them as quotes of each contract and trades of the underlying"
        )
    if not yes:
        raise BadInput(f"nothing was deleted: add --yes to remove rows of {instrument} from {catalog} for good")
    wanted, step = (None if kind is None else Kind(kind)), (None if bar is None else Step.parse(bar))
    removed = usecase.delete(instrument, catalog, wanted, step, utc_ns("--start", start), utc_ns("--end", end))
    if as_json:
        write_json({"instrument": instrument, "removed": removed})
    else:
        show(f"{removed:,} rows removed")


@data_app.command()
def instruments(
    compare: Annotated[
        bool, typer.Option("--check", help="Compare with Bybit's terms of today; code 2 where they differ.")
    ] = False,
    sync: Annotated[
        bool, typer.Option("--sync", help="Write Bybit's terms into the home's config, unless --check is given too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the defined instruments: price and size steps, minimums, fees and margins."""
    if compare or sync:
        compare_instruments(write=sync and not compare, as_json=as_json)
        return
    from tradingbot import data as usecase
    from tradingbot.cli.datatables import listing_dict, listings_table

    listings = usecase.instruments()
    if as_json:
        write_json({"instruments": list(map(listing_dict, listings))})
    else:
        show(listings_table(listings))


def _import_one(request: Request, as_json: bool) -> tuple[dict[str, Any], str]:
    """Return the JSON of one import and the sentence of its refusal, empty when there was none."""
    from tradingbot import data as usecase
    from tradingbot.cli.datatables import import_lines

    try:
        with progress_bar(request.path.name, quiet=as_json) as advance:
            report = usecase.import_file(request, advance)
    except BadInput as error:
        known = {"path": str(request.path), "instrument": request.instrument, "kind": request.kind}
        return known | {"outcome": "refused", "new_rows": 0, "defects": [], "error": str(error)}, str(error)
    if not as_json:
        show(*import_lines(report))
    return report.as_dict(), report.refusal


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadInput(f"--column was {text!r}, allowed is OUR_NAME=FILE_NAME, such as open=Open")
    return name, value

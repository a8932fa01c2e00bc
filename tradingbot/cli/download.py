# file: cli/download.py
"""The `data` verbs that reach out: download and update, and instruments compared with the venue's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tradingbot.cli.options import AsJson, Bar, Catalog, utc_ns
from tradingbot.cli.tables import show, write_json
from tradingbot.cli.terminal import progress_bar
from tradingbot.core.errors import BadInput, DataDefect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.bybithistory import BybitHistory
    from tradingbot.download import DownloadRequest

_CATALOG = "catalog/main"


def download(
    instrument: Annotated[list[str], typer.Option("--instrument", metavar="ID", help="May be given several times.")],
    bar: Bar = None,
    start: Annotated[str | None, typer.Option("--start", help="From this time on, UTC: 2024-01-01.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="Up to this time; without, to the last closed row.")] = None,
    kind: Annotated[
        Literal["bars", "funding", "marks", "trades"], typer.Option("--kind", help="What the rows are.")
    ] = "bars",
    catalog: Catalog = _CATALOG,
    on_defect: Annotated[
        Literal["refuse", "repair", "keep"], typer.Option("--on-defect", help="What to do about defects.")
    ] = "refuse",
    again: Annotated[bool, typer.Option("--again", help="Ask for what the catalog holds, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Download market data of Bybit into the catalog, with the checks of an import. Needs no key.

    Asks for what the catalog lacks, counts what came, and names every row that is missing. A download that was stopped
    goes on where it was.
    """
    from tradingbot import download as usecase
    from tradingbot.core.market.columns import Kind
    from tradingbot.core.market.importers.importreport import OnDefect
    from tradingbot.core.market.series import Step

    step, since, until = None if bar is None else Step.parse(bar), utc_ns("--start", start), utc_ns("--end", end)
    policy = OnDefect(on_defect)
    requests = [
        usecase.DownloadRequest(name, Kind(kind), catalog, step, since, until, policy, again) for name in instrument
    ]
    with usecase.venue_history() as history:
        _bring(history, requests, [], as_json)


def update(catalog: Catalog = _CATALOG, as_json: AsJson = False) -> None:
    """Bring every series of the catalog that can be downloaded up to now."""
    from tradingbot import download as usecase

    requests, left = usecase.updates(catalog)
    with usecase.venue_history() as history:
        _bring(history, requests, left, as_json)


def compare_instruments(write: bool, as_json: bool) -> None:
    """Show where instruments differ from the venue's terms; `write` the venue's, or refuse where a node would be."""
    from tradingbot import download as usecase
    from tradingbot.cli.datatables import differences_table

    with usecase.venue_history() as history, progress_bar("comparing", quiet=as_json) as advance:
        comparison = usecase.compare_instruments(history, advance)
    differences = comparison.differences
    written = [str(path) for path in comparison.write()] if write else []
    if as_json:
        told = [
            {
                "instrument": each.instrument,
                "field": each.field,
                "config": None if each.ours is None else f"{each.ours:f}",
                "venue": f"{each.venue:f}",
                "blocks": each.blocks,
            }
            for each in differences
        ]
        write_json({
            "venue": comparison.venue, "compared": len(comparison.listings), "differences": told,
            "unlisted": comparison.unlisted, "written": written,
        })  # fmt: skip
    else:
        if differences:
            show(differences_table(differences))
        show(*(f"{name} is not listed at {comparison.venue}" for name in comparison.unlisted))
        show(
            f"{len(comparison.listings)} instruments compared with {comparison.venue}, {len(differences)} differences; "
            "fees are an account's own and were not compared",
            *(f"written: {path}" for path in written),
        )
    if not write:
        comparison.require_same()


def _bring(history: BybitHistory, requests: Iterable[DownloadRequest], left: list[str], as_json: bool) -> None:
    answers: list[dict[str, Any]] = []
    refusals = []
    try:
        for request in requests:
            answer, refusal = _bring_one(history, request, as_json)
            answers.append(answer)
            refusals += [refusal] if refusal else []
    finally:  # what came before the venue failed is told too
        if as_json:
            write_json({"downloads": answers, "left": left})
        else:
            show(*(f"note: {why}" for why in left))
    if refusals:
        more = f" (and {len(refusals) - 1} more of {len(answers)} downloads)" if len(refusals) > 1 else ""
        raise DataDefect(refusals[0] + more)


def _bring_one(history: BybitHistory, request: DownloadRequest, as_json: bool) -> tuple[dict[str, Any], str]:
    """Return the JSON of one download and the sentence of its refusal, empty when there was none."""
    from tradingbot import download as usecase
    from tradingbot.cli.datatables import download_lines

    try:
        with progress_bar(f"{request.instrument} {request.kind}", quiet=as_json) as advance:
            report = usecase.download(history, request, advance)
    except BadInput as error:
        known = {"instrument": request.instrument, "kind": str(request.kind)}
        return known | {"outcome": "refused", "new_rows": 0, "defects": [], "error": str(error)}, str(error)
    if not as_json:
        show(*download_lines(report))
    return report.as_dict(), report.refusal

# file: cli/options.py
"""Options and arguments that several verbs share: lane, operator, reason, JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from tradingbot.core.errors import BadInput
from tradingbot.core.lane import Lane

LaneName = Annotated[str, typer.Argument(metavar="LANE", help="cryptospot, cryptofutures, forex or options.")]
Operator = Annotated[str, typer.Option("--operator", metavar="NAME", help="Who answers for it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="WHY", help="Kept on record.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def parse_lane(text: str) -> Lane:
    """Return the lane of that name, however it is written.

    Raises BadInput when there is none.
    """
    try:
        return Lane(text.strip().lower())
    except ValueError:
        raise BadInput(f"LANE was {text!r}, allowed are {', '.join(Lane)}; nothing was changed") from None

# file: core/config/fields.py
"""Kinds of values that several config models hold, each checked in one place."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

__all__ = ["Amount", "UtcTime", "ZoneName"]


def _utc(value: dt.datetime) -> dt.datetime:
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _amount(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)? [A-Z]{3,5}", value) or Decimal(value.split()[0]) <= 0:
        raise ValueError("allowed is a positive amount and a currency, such as '10000 USDT'")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("allowed is a time zone such as Europe/London") from None
    return value


UtcTime = Annotated[dt.datetime, AfterValidator(_utc)]
"""A time in UTC, which it is taken for where it names no zone."""

Amount = Annotated[str, AfterValidator(_amount)]
"""A positive amount and its currency, as text."""

ZoneName = Annotated[str, AfterValidator(_zone)]
"""A time zone by its name in the IANA database."""

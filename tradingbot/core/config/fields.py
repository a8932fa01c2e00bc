# file: core/config/fields.py
"""Kinds of values that several config models hold, each checked in one place."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

__all__ = ["MONEY_MAX", "Amount", "FileName", "UtcTime", "ZoneName", "file_name"]

MONEY_MAX = 17_014_118_346_046
"""The most of a currency that Nautilus' `Money` holds: 128 bits of 16 decimals."""

_LONGEST = 80


def _utc(value: dt.datetime) -> dt.datetime:
    # What counts nanoseconds in 64 bits since 1970 ends in 2262.
    if not 1970 <= value.year < 2262:
        raise ValueError("allowed is a time from 1970-01-01 to 2261-12-31")
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _amount(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)? [A-Z]{3,5}", value) or Decimal(value.split()[0]) <= 0:
        raise ValueError("allowed is a positive amount and a currency, such as '10000 USDT'")
    if Decimal(value.split()[0]) > MONEY_MAX:
        raise ValueError(f"allowed is at most {MONEY_MAX:,}, which is all that the engine can count")
    return value


def file_name(value: str) -> str:
    """Return a name that files and folders may be called by; ValueError when it is none."""
    if not re.fullmatch(r"\w[\w.-]*", value) or len(value.encode()) > _LONGEST:
        raise ValueError(
            f"allowed are letters, digits, '_', '-' and '.', at most {_LONGEST}, the first of them none of '-' and '.'"
        )
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

FileName = Annotated[str, AfterValidator(file_name)]
"""A name that files and folders are called by; it leads out of no folder."""

ZoneName = Annotated[str, AfterValidator(_zone)]
"""A time zone by its name in the IANA database."""

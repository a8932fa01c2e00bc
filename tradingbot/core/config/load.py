# file: core/config/load.py
"""Read a JSON file into a frozen model, with single fields overridden, and say in one line what is wrong."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, cast, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from tradingbot.core.errors import ConfigError

RENAMED = {
    "miss": "alpha",
    "oldest": "decay_floor",
    "patience_s": "step_timeout_s",
    "reach": "barrier_width",
    "residue_attempts": "unfilled_retries",
    "rungs": "exit_steps",
    "widest_stop": "max_stop_pct",
}
"""Keys of earlier versions and what they are called now."""

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


class Section(BaseModel):
    """A frozen piece of configuration in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _no_switch_for_a_number(cls, values: Any) -> Any:
        # pydantic would take true for 1.
        for name, field in cls.model_fields.items() if isinstance(values, dict) else ():
            if isinstance(values.get(name), bool) and _is_number(field.annotation):
                raise ValueError(f"{name} was {str(values[name]).lower()}: allowed is a number")
        return values


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in the file at `path`, numbers with a point as Decimal.

    Raises ConfigError when the file is missing, is not JSON, is not an object, or has a key twice.
    """
    try:
        values = json.loads(
            path.read_text(encoding="utf-8"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once
        )
    except FileNotFoundError:
        raise ConfigError(f"{path} was not found") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} could not be read: {error}") from None
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path} was a {type(values).__name__}, allowed is an object {{...}}")
    return cast("dict[str, Any]", values)


def build[S: BaseModel](model: type[S], values: object, where: str) -> S:
    """Return `values` as a `model`.

    Raises ConfigError naming `where`, the field, its value and what is allowed, for every wrong field.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError("; ".join(f"{where}: {_phrase(model, item)}" for item in error.errors())) from None


def load[S: BaseModel](model: type[S], path: Path) -> S:
    """Return the file at `path` as a `model`; errors as in `read_json` and `build`."""
    return build(model, read_json(path), str(path))


def assign_setting(config: dict[str, Any], settings: Iterable[str]) -> dict[str, Any]:
    """Return a copy of `config` with each `key.path=value` set; numbers in a path pick from a list.

    A value is JSON where it reads as JSON (`20`, `true`, `[1, 2]`), else text.

    Raises ConfigError when a setting has no `=`, or its path leads through something that has no such part.
    """
    changed = copy.deepcopy(config)
    for setting in settings:
        path, mark, text = setting.partition("=")
        if not mark or not path:
            raise ConfigError(f"--set was {setting!r}, allowed is key=value, such as venue.latency_ms=500")
        keys = path.split(".")
        place: Any = changed
        for key in keys[:-1]:
            place = _step(place, key, setting)
        last = keys[-1]
        if isinstance(place, list):
            _step(place, last, setting)
            place[int(last)] = _value(text)
        elif isinstance(place, dict):
            place[last] = _value(text)
        else:
            raise ConfigError(f"--set {setting}: {keys[-2]} is a value, it has no {last}")
    return changed


def merge_section(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` with the fields of `above` over it, section by section."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            value = merge_section(under, value)
        merged[key] = value
    return merged


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    counts = Counter(key for key, _ in pairs)
    if twice := next((key for key, count in counts.items() if count > 1), None):
        raise ValueError(f"{twice} is there twice")
    return dict(pairs)


def _phrase(model: type[BaseModel], item: Any) -> str:
    field = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        known = _section_at(model, item["loc"][:-1])
        if (new := RENAMED.get(str(item["loc"][-1]), "")) in known.model_fields:
            return f"{field} is now called {new}"
        return f"{field} is not a known field, allowed are {', '.join(sorted(known.model_fields))}"
    if item["type"] == "missing":
        return f"{field} is missing"
    said = item["msg"].removeprefix("Value error, ").replace("tuple", "list").replace("Tuple", "List")
    if not field:
        return str(said)
    was = item["input"]
    return f"{field} was {was if isinstance(was, Decimal) else repr(was)}: {said}"


def _is_number(annotation: Any) -> bool:
    kinds = {annotation, *get_args(annotation)}
    return bool(kinds & {int, float, Decimal}) and bool not in kinds


def _section_at(model: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the model of the section at `path`; keys of mappings and places in lists lead nowhere else."""
    for part in path:
        if part in model.model_fields:
            model = _model_in(model.model_fields[str(part)].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _step(place: Any, key: str, setting: str) -> Any:
    if isinstance(place, dict):
        return place.setdefault(key, {})
    if isinstance(place, list) and key.isdecimal() and int(key) < len(place):
        return place[int(key)]
    raise ConfigError(f"--set {setting}: there is no {key}")


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=lambda word: word)
    except json.JSONDecodeError:
        return text

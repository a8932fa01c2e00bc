# file: core/config/load.py
"""Read a JSON file into a frozen model and say in one line what is wrong with it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from tradingbot.core.errors import ConfigError

__all__ = ["Section", "build", "load", "read_json"]


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

    Raises
    ------
    ConfigError
        When the file is missing, is not JSON, is not an object, or has a key twice.
    """
    try:
        found = json.loads(
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
    if not isinstance(found, dict):
        raise ConfigError(f"{path} was a {type(found).__name__}, allowed is an object {{...}}")
    return cast("dict[str, Any]", found)


def build[S: BaseModel](model: type[S], values: object, where: str) -> S:
    """Return `values` as a `model`.

    Raises
    ------
    ConfigError
        Naming `where`, the field, its value and what is allowed, for every wrong field.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError("; ".join(f"{where}: {_phrase(model, item)}" for item in error.errors())) from None


def load[S: BaseModel](model: type[S], path: Path) -> S:
    """Return the file at `path` as a `model`; errors as in `read_json` and `build`."""
    return build(model, read_json(path), str(path))


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{twice} is there twice")
    return found


def _phrase(model: type[BaseModel], item: Any) -> str:
    field = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        known = _section_at(model, item["loc"][:-1])
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
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)

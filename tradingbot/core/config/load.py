# file: core/config/load.py
"""Read a JSON file into a frozen model and say in one line what is wrong with it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from tradingbot.core.errors import ConfigError

__all__ = ["Section", "build", "load", "read_json"]


class Section(BaseModel):
    """A frozen piece of configuration in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in the file at `path`, numbers with a point as Decimal.

    Raises
    ------
    ConfigError
        When the file is missing, is not JSON or is not an object.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise ConfigError(f"{path} was not found") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} could not be read: {error}") from None
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
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


def _phrase(model: type[BaseModel], item: Any) -> str:
    field = ".".join(str(part) for part in item["loc"]) or "(whole)"
    if item["type"] == "extra_forbidden":
        return f"{field} is not a known field, allowed are {', '.join(sorted(model.model_fields))}"
    if item["type"] == "missing":
        return f"{field} is missing"
    return f"{field} was {item['input']!r}: {item['msg']}"

# file: ui/web/bodies.py
"""The body of a command, as JSON or as a form; looked at once it is known who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

__all__ = ["WHY", "Reason", "Why", "form_of"]

_FORM = "application/x-www-form-urlencoded"
_KINDS = ("application/json", _FORM)


class Why(BaseModel):
    """Why, in one line that is kept on record."""

    reason: str = Field(default="", max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")


WHY: dict[str, Any] = {"requestBody": {"content": {kind: {"schema": Why.model_json_schema()} for kind in _KINDS}}}
"""How the body is told in the OpenAPI document."""


async def form_of(request: Request) -> Mapping[str, Any] | None:
    """Return the fields of a form; None where the body is none. One with files is none: nothing here takes any."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return await request.form() if kind == _FORM else None


async def _reason(request: Request) -> str:
    form = await form_of(request)
    try:
        if form is not None:
            return Why.model_validate({"reason": form.get("reason", "")}).reason
        body = await request.body()
        return Why.model_validate_json(body).reason if body.strip() else ""
    except ValidationError as error:
        found = [
            {**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False, include_context=False)
        ]
        raise RequestValidationError(found) from error


Reason = Annotated[str, Depends(_reason)]
"""Why a command is given; it stands behind who gives it in a route, so that strangers are told that first."""

# file: ui/web/routes/assets.py
"""Static files: read once, versioned by content, cached by browsers for ever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response

router = APIRouter(include_in_schema=False)

_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's content, its media type, and the first part of its SHA-256."""

    content: bytes
    kind: str
    version: str


def assets() -> dict[str, Asset]:
    """Return every static file of the package by its name."""
    loaded = {}
    for entry in files("tradingbot.ui.web").joinpath("static").iterdir():
        kind = _KINDS.get("." + entry.name.rpartition(".")[2])
        if kind is not None:
            content = entry.read_bytes()
            loaded[entry.name] = Asset(content, kind, hashlib.sha256(content).hexdigest()[:16])
    return loaded


@router.get("/static/{name}")
async def static(request: Request, name: Annotated[str, Path(pattern=r"^[a-z0-9]+\.(css|js|svg)$")]) -> Response:
    """Return a file; its address names its content, so it never changes."""
    asset = request.app.state.assets.get(name)
    if asset is None:
        raise HTTPException(404, f"there is no file {name}")
    asked = request.query_params.get("v")
    keep = _FOREVER if asked == asset.version else "no-cache"
    headers = {"cache-control": keep, "etag": f'"{asset.version}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(asset.content, media_type=asset.kind, headers=headers)

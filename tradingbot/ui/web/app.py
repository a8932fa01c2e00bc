# file: ui/web/app.py
"""The dashboard put together: one visible list of what it consists of."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from tradingbot.ui.web import assets, commanding, entering, metrics, seeing, streaming
from tradingbot.ui.web.answers import answer_problems
from tradingbot.ui.web.desk import Desk
from tradingbot.ui.web.hands import Hands
from tradingbot.ui.web.pushing import Hub
from tradingbot.ui.web.rendering import Renderer
from tradingbot.ui.web.security import Guard
from tradingbot.ui.web.settings import WebSettings

__all__ = ["create_app"]


def create_app(desk: Desk, settings: WebSettings) -> FastAPI:
    """Return the ASGI application that shows and commands what `desk` offers."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.hands.close()

    app = FastAPI(title="tradingbot", version="1", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    loaded = assets.assets()
    renderer = Renderer({name: asset.version for name, asset in loaded.items()})
    hands = Hands()
    app.state.desk = desk
    app.state.settings = settings
    app.state.assets = loaded
    app.state.renderer = renderer
    app.state.hands = hands
    app.state.answered = Counter()
    app.state.hub = Hub(desk, hands, partial(streaming.fragments, desk, renderer))
    answer_problems(app)
    for part in (seeing, commanding, entering, streaming, metrics, assets):
        app.include_router(part.router)
    app.add_api_route("/health", _health, response_class=PlainTextResponse, include_in_schema=False)
    app.add_middleware(Guard, names=settings.names, tls=settings.tls, answered=app.state.answered)
    return app


async def _health() -> str:
    return "ok"

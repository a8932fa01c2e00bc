# file: ui/web/app.py
"""The dashboard application: one visible list of its parts, served until a signal stops it."""

from __future__ import annotations

import logging
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Self

import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.operations.accounts import access
from tradingbot.ui.web.operations import ThreadPools
from tradingbot.ui.web.rendering import Renderer
from tradingbot.ui.web.responses import install_error_handlers
from tradingbot.ui.web.routes import assets, auth, commands, metrics, stream, views
from tradingbot.ui.web.security import Guard
from tradingbot.ui.web.settings import WebSettings


def create_app(settings: WebSettings) -> FastAPI:
    """Return the ASGI application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.pools.close()

    app = FastAPI(title="tradingbot", version="1", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    loaded = assets.assets()
    app.state.settings = settings
    app.state.assets = loaded
    app.state.renderer = Renderer({name: asset.version for name, asset in loaded.items()})
    app.state.pools = ThreadPools()
    app.state.answered = Counter()
    app.state.hub = stream.Hub(app.state.pools.look, partial(stream.fragments, app.state.renderer))
    install_error_handlers(app)
    for part in (views, commands, auth, stream, metrics, assets):
        app.include_router(part.router)
    app.add_api_route("/health", _health, response_class=PlainTextResponse, include_in_schema=False)
    app.add_middleware(Guard, names=settings.names, tls=settings.tls, answered=app.state.answered)
    return app


async def _health() -> str:
    return "ok"


_GRACE_S = 1


class Server(uvicorn.Server):
    """An HTTP server that ends the streams of open pages before it waits for what is under way."""

    @classmethod
    def of(cls, settings: WebSettings) -> Self:
        """Return the server.

        Raises BadInput when certificate and key are no pair of PEM files.
        """
        config = uvicorn.Config(
            create_app(settings),
            ssl_certfile=settings.certificate or None,
            ssl_keyfile=settings.key or None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        try:
            config.load()
        except OSError as error:
            raise BadInput(
                f"dashboard: {settings.certificate} and {settings.key} were no pair of certificate and key: {error}"
            ) from error
        return cls(config)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything."""
        self.config.app.state.hub.close()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def serve(settings: WebSettings, tell: Callable[[str], None]) -> None:
    """Listen; `tell` hears the link, and where there is no account yet the one that makes the first.

    Raises BadInput when certificate and key are no pair of PEM files; PolicyRefused when it would listen beyond the
    loopback without an account or without TLS; RunFailed when the home or the accounts cannot be read, or it cannot
    listen there.
    """
    alone = access.needs_setup()
    settings.check(alone)
    server = Server.of(settings)
    # uvicorn raises the signal that stopped it anew, which would end the process as if it had been killed.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, server.handle_exit)
    # Whoever sends half a form could fill the log with what is wrong with it.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    with _listening(settings) as listening:
        tell(f"Dashboard: {settings.link}")
        if alone:
            tell("No account yet. This link sets the first password, once, within 24 hours:")
            tell(f"{settings.link}setup/{access.setup_secret()}")
        server.run([listening])


def _listening(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        # Python adds the address, which the sentence has.
        why = (error.strerror or str(error)).partition(" (while ")[0]
        raise RunFailed(f"the dashboard cannot listen on {settings.host}, port {settings.port}: {why}") from error

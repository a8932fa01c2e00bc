# file: ui/web/serving.py
"""Serve the dashboard until a signal stops it."""

from __future__ import annotations

import signal
from collections.abc import Callable

import uvicorn

from tradingbot.ui.web.app import create_app
from tradingbot.ui.web.desk import Desk
from tradingbot.ui.web.settings import WebSettings

__all__ = ["serve"]

_GRACE_S = 1


def serve(settings: WebSettings, tell: Callable[[str], None]) -> None:
    """Listen; `tell` hears the link, and where there is no account yet the one that makes the first.

    Raises
    ------
    PolicyRefused
        When it would listen beyond the loopback without an account or without TLS.
    RunFailed
        When the home or the accounts cannot be read.
    """
    desk = Desk.real()
    alone = desk.needs_setup()
    settings.check(alone)
    tell(f"Dashboard: {settings.link}")
    if alone:
        tell("No account yet. This link sets the first password, once, within 24 hours:")
        tell(f"{settings.link}setup/{desk.setup_secret()}")
    config = uvicorn.Config(
        create_app(desk, settings),
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.key,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Open streams are no reason to stay.
        timeout_graceful_shutdown=_GRACE_S,
    )
    # It raises the signal that stopped it anew, which would end the process as if it had been killed.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    uvicorn.Server(config).run()


def _stopped(_number: int, _frame: object) -> None:
    """Go on to the end."""

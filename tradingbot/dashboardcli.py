# file: dashboardcli.py
"""FACE: the verb `dashboard`: serve the dashboard alone; `tradingbot up` does it beside the nodes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

__all__ = ["dashboard_app"]

dashboard_app = typer.Typer()


@dashboard_app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="Where to listen, in place of config/runtime.json.")] = "",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port, in place of config/runtime.json.")] = 0,
) -> None:
    """Serve the dashboard until Ctrl-C. Beyond the loopback it asks for an account and TLS."""
    from tradingbot.core.config.home import config_file
    from tradingbot.core.config.load import load
    from tradingbot.core.config.runtime import RuntimeConfig
    from tradingbot.ui.web.serving import serve
    from tradingbot.ui.web.settings import WebSettings

    config = load(RuntimeConfig, config_file("runtime.json")).dashboard
    serve(WebSettings.of(config, host, port), _tell)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

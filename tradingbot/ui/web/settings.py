# file: ui/web/settings.py
"""Where the dashboard listens, and by which names it may be called."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Self

from tradingbot.core.config.runtime import DashboardConfig
from tradingbot.core.errors import BadInput, PolicyRefused

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class WebSettings(DashboardConfig):
    """The dashboard's section of `config/runtime.json`, with what the command line put over it."""

    @classmethod
    def of(cls, config: DashboardConfig, host: str, port: int) -> Self:
        """Return what the config says; a `host` that is not empty and a `port` above 0 win.

        Raises BadInput when a PEM file is not there.
        """
        paths = {name: getattr(config, name) for name in ("certificate", "key")}
        pem = {name: str(Path(path).expanduser()) if path else "" for name, path in paths.items()}
        for path in pem.values():
            if path and not Path(path).is_file():
                raise BadInput(f"dashboard: {path} was not found; certificate and key are PEM files")
        listening = {"host": host or config.host, "port": port or config.port}
        return cls.model_validate(config.model_dump() | pem | listening)

    @property
    def tls(self) -> bool:
        """Whether it speaks TLS."""
        return bool(self.certificate)

    @property
    def names(self) -> frozenset[str]:
        """Every name, without a port, that a request may be for."""
        return frozenset(name.lower() for name in (*_LOOPBACK, self.url_host, *self.hosts))

    @property
    def loopback(self) -> bool:
        """Whether nobody beyond this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def check(self, needs_setup: bool) -> None:
        """Raise PolicyRefused when it would listen beyond the loopback without an account or without TLS."""
        if self.loopback:
            return
        missing = [*(["account"] if needs_setup else []), *([] if self.tls else ["TLS (certificate and key)"])]
        if missing:
            without = " and no ".join(missing)
            raise PolicyRefused(f"host was {self.host}, allowed is 127.0.0.1 as long as there is no {without}")

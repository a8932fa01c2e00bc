# file: ui/web/settings.py
"""Where the dashboard listens, and by which names it may be called."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.config.runtime import DashboardConfig
from tradingbot.core.errors import BadInput, PolicyRefused

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`certificate` and `key` are PEM files; with both it speaks TLS. `hosts` are further names it is called by."""

    host: str = "127.0.0.1"
    port: int = 8420
    certificate: Path | None = None
    key: Path | None = None
    hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: DashboardConfig, host: str, port: int) -> WebSettings:
        """Return what the config says; a `host` that is not empty and a `port` above 0 win."""
        certificate, key = (Path(path).expanduser() if path else None for path in (config.certificate, config.key))
        for path in (certificate, key):
            if path is not None and not path.is_file():
                raise BadInput(f"dashboard: {path} was not found; certificate and key are PEM files")
        return cls(host or config.host, port or config.port, certificate, key, config.hosts)

    @property
    def tls(self) -> bool:
        """Whether it speaks TLS."""
        return self.certificate is not None and self.key is not None

    @property
    def link(self) -> str:
        """The address to open in a browser."""
        return f"{'https' if self.tls else 'http'}://{self._bracketed}:{self.port}/"

    @property
    def names(self) -> frozenset[str]:
        """Every name, without a port, that a request may be for."""
        return frozenset(name.lower() for name in (*_LOOPBACK, self._bracketed, *self.hosts))

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

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

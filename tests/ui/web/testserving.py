# file: tests/ui/web/testserving.py
from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ui.web.room import RIGHT, Room
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.ui.web.serving import Server, serve
from tradingbot.ui.web.settings import WebSettings

PATIENCE_S = 20.0


def _pair(folder: Path) -> tuple[Path, Path]:
    """Write a key and the certificate of it that it signed itself; return certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return certificate, secret


@contextmanager
def _served(settings: WebSettings, room: Room) -> Iterator[int]:
    server = Server.of(room.desk(), settings)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


def test_with_a_certificate_it_speaks_tls_and_holds_the_session_to_its_host(tmp_path: Path) -> None:
    certificate, key = _pair(tmp_path / "pair")
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        _served(WebSettings(certificate=certificate, key=key), Room()) as port,
        httpx.Client(
            base_url=f"https://127.0.0.1:{port}", verify=trust, trust_env=False, timeout=PATIENCE_S
        ) as browser,
    ):
        entered = browser.post("/login", data={"name": "viewer", "password": RIGHT})
        kept = entered.headers["set-cookie"]
        assert kept.startswith("__Host-tradingbot=viewer; ")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(kept.split("; "))
        assert "Domain" not in kept
        assert entered.headers["strict-transport-security"] == "max-age=31536000"
        assert browser.get("/status").status_code == 200
        assert browser.get("/status", headers={"cookie": "tradingbot=viewer"}).status_code == 401


def test_a_certificate_and_a_key_that_do_not_belong_together_are_told(tmp_path: Path) -> None:
    (certificate, key), (_, other) = _pair(tmp_path / "one"), _pair(tmp_path / "other")
    for first, second in ((certificate, other), (key, key)):
        with pytest.raises(BadInput, match="were no pair of certificate and key"):
            Server.of(Room().desk(), WebSettings(certificate=first, key=second))


def test_an_open_page_is_ended_in_order_by_the_server_that_ends() -> None:
    with httpx.Client(trust_env=False, timeout=PATIENCE_S) as browser:
        with _served(WebSettings(), Room()) as port:
            asked = browser.build_request(
                "GET", f"http://127.0.0.1:{port}/events", headers={"cookie": "tradingbot=viewer"}
            )
            lines = browser.send(asked, stream=True).iter_lines()
            assert next(lines) == "event: lane"
            ended = threading.Thread(target=lambda: list(lines), daemon=True)
            ended.start()
        # A stream that is cut off raises in its thread, which pytest takes for the failure it is.
        ended.join(PATIENCE_S)
        assert not ended.is_alive()


def test_it_says_nothing_and_makes_no_link_where_it_may_not_or_cannot_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    told: list[str] = []
    with pytest.raises(PolicyRefused, match="no account and no TLS"):
        serve(WebSettings(host="0.0.0.0"), told.append)  # noqa: S104 - refused
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path / "gone"))
    with pytest.raises(RunFailed, match="the home"):
        serve(WebSettings(), told.append)
    assert told == []
    assert list(tmp_path.iterdir()) == []

# file: tests/testdashboardcli.py
from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

PATIENCE_S = 60.0
PASSWORD = "long enough now"  # noqa: S105 - opens nothing


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def _started(home: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", "from tradingbot.cli import main; main()", "dashboard", *more]
    env, pipe = os.environ | {"TRADINGBOT_HOME": str(home)}, subprocess.PIPE
    process = subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True)
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_links_and_ends_in_order_although_a_page_is_open(tmp_path: Path, number: int) -> None:
    port = _free_port()
    with _started(tmp_path, "--port", str(port)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Dashboard: http://127.0.0.1:{port}/\n"
        assert "No account yet" in process.stdout.readline()
        link = process.stdout.readline().strip()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE_S) as browser:
            entered = {"name": "ann", "password": PASSWORD}
            half = {"content-type": "multipart/form-data; boundary=b"}
            assert browser.post("/login", headers=half, content=b"half").status_code == 400
            assert browser.post(link, data=entered).headers["location"] == "/login"
            assert browser.post("/login", data=entered).headers["location"] == "/"
            with browser.stream("GET", "/events") as stream:
                lines = stream.iter_lines()
                assert next(line for line in lines if line.startswith("event: ")) == "event: lane"
                process.send_signal(number)
                assert [line for line in lines if line.startswith("event: ended")] == []
        out, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, out, err) == (0, "", "")


def test_it_does_not_listen_beyond_the_machine_without_account_and_tls(tmp_path: Path) -> None:
    with _started(tmp_path, "--host", "0.0.0.0") as process:  # noqa: S104 - refused
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (3, "")
    assert err == (
        "tradingbot: host was 0.0.0.0, allowed is 127.0.0.1 as long as there is no account"
        " and no TLS (certificate and key)\n"
    )
    assert not (tmp_path / "state" / "access.db").exists()


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with _started(tmp_path, "--port", str(port)) as process:
            out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (4, "")
    assert err == f"tradingbot: the dashboard cannot listen on 127.0.0.1, port {port}: Address already in use\n"

# file: tests/ui/web/testapp.py
"""Who may what, over a real connection: every route, every role, and what is refused to everybody."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ui.web.webfixture import HOSTILE, RIGHT, Room, lane, node, shown
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.accessview import Role
from tradingbot.ui.web.app import Server
from tradingbot.ui.web.security import CSP
from tradingbot.ui.web.settings import WebSettings

LOOKS = [
    "/", "/status", "/status/forex", "/diff/forex", "/validation/learner", "/registry", "/curve/learner", "/sessions",
    "/metrics", "/openapi.json",
]  # fmt: skip
COMMANDS = {
    "/kill/forex": Role.OPERATOR, "/resume/forex": Role.OPERATOR, "/live/forex/enable": Role.OPERATOR,
    "/live/forex/disable": Role.OPERATOR, "/promote/learner": Role.ADMIN, "/demote/learner": Role.ADMIN,
    "/retire/learner": Role.ADMIN,
}  # fmt: skip
CHANGES = [*COMMANDS, "/sessions/s1/revoke"]
JSON = {"accept": "application/json"}
HTML = {"accept": "text/html,application/xhtml+xml"}


def token(role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {role}"} if role else {}


def cookie(role: str) -> dict[str, str]:
    return {"cookie": f"tradingbot={role}"}


@pytest.mark.parametrize("path", LOOKS)
def test_nobody_looks_without_saying_who_they_are(client: httpx.Client, path: str) -> None:
    assert client.get(path, headers=JSON).status_code == 401
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert client.get(path, headers=token("nobody") | JSON).status_code == 401


@pytest.mark.parametrize("path", LOOKS)
@pytest.mark.parametrize("role", Role)
def test_whoever_is_in_may_look(client: httpx.Client, path: str, role: Role) -> None:
    assert client.get(path, headers=token(role) | JSON).status_code == 200
    assert client.get(path, headers=cookie(role) | HTML).status_code == 200


@pytest.mark.parametrize(("path", "needed"), COMMANDS.items())
@pytest.mark.parametrize("role", ["", *Role])
def test_only_who_may_command_does(client: httpx.Client, room: Room, path: str, needed: Role, role: str) -> None:
    answer = client.post(path, headers=token(role) | JSON, json={"reason": "why"})
    allowed = bool(role) and Role(role).allows(needed)
    assert answer.status_code == (200 if allowed else 403 if role else 401)
    assert len(room.asked) == int(allowed)
    if allowed:
        assert room.asked[0][2] == role
        assert answer.json()["sentence"].endswith("done")


@pytest.mark.parametrize("path", CHANGES)
def test_a_session_commands_only_with_its_own_forms_word(client: httpx.Client, room: Room, path: str) -> None:
    for word in ({}, {"x-csrf-token": "other"}):
        answer = client.post(path, headers=cookie("admin") | JSON | word, json={"reason": "why"})
        assert answer.status_code == 403
        assert "x-csrf-token was not this session's" in answer.json()["detail"]
    assert room.asked == []
    right = cookie("admin") | JSON | {"x-csrf-token": "sesame"}
    assert client.post(path, headers=right, json={"reason": "why"}).status_code == 200


@pytest.mark.parametrize("path", CHANGES)
def test_looking_at_a_command_is_not_allowed(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers=token("admin") | JSON)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_every_method_of_a_path_is_named_where_another_is_refused(client: httpx.Client) -> None:
    for path, allowed in {"/login": "GET, POST", "/setup/once": "GET, POST", "/": "GET", "/logout": "POST"}.items():
        answer = client.request("DELETE", path, headers=token("admin") | JSON)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_who_is_in_is_told_to_admins_and_of_oneself(client: httpx.Client, room: Room) -> None:
    seen = {role: client.get("/sessions", headers=token(role)).json()["sessions"] for role in ("viewer", "admin")}
    assert [len(found) for found in seen.values()] == [0, 1]
    assert seen["admin"][0]["name"] == "ann"
    room.owner = "viewer"
    assert client.get("/sessions", headers=token("viewer")).json()["sessions"][0]["id"] == "s1"


def test_one_lane_is_told_and_shown_alone(client: httpx.Client) -> None:
    assert client.get("/status/forex", headers=token("viewer")).json()["lane"] == "forex"
    shown = client.get("/status/forex", headers=cookie("viewer") | HTML).text
    assert 'id="lane-forex"' in shown
    assert 'id="lane-options"' not in shown


def test_sessions_are_ended_by_their_own_and_by_admins(client: httpx.Client, room: Room) -> None:
    others = [client.post("/sessions/s1/revoke", headers=token(role) | JSON) for role in ("viewer", "operator")]
    assert [answer.status_code for answer in others] == [404, 404]
    assert room.asked == []
    assert client.post("/sessions/s1/revoke", headers=token("admin")).status_code == 200
    assert client.post("/sessions/s2/revoke", headers=token("admin")).status_code == 404
    room.owner = "viewer"
    assert client.post("/sessions/s1/revoke", headers=token("viewer")).status_code == 200
    assert [asked[:3] for asked in room.asked] == [("revoke", "s1", "admin"), ("revoke", "s1", "viewer")]


def test_a_kill_needs_no_body(client: httpx.Client, room: Room) -> None:
    assert client.post("/kill/options", headers=token("operator")).status_code == 200
    assert room.asked == [("kill", "options", "operator", "")]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_command_from_another_page_is_refused(client: httpx.Client, room: Room, origin: str) -> None:
    headers = cookie("admin") | {"x-csrf-token": "sesame", "origin": origin}
    assert client.post("/kill/forex", headers=headers).status_code == 403
    assert client.post("/login", headers={"origin": origin}, data={"name": "admin"}).status_code == 403
    foreign = cookie("admin") | {"x-csrf-token": "sesame", "sec-fetch-site": "cross-site"}
    assert client.post("/kill/forex", headers=foreign).status_code == 403
    assert room.asked == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    assert client.get("/login", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("path", [*LOOKS, "/login", "/health", "/static/base.css", "/nowhere", "/kill/forex"])
def test_every_answer_says_what_a_browser_may_do(client: httpx.Client, path: str) -> None:
    for who in ({}, token("viewer")):
        headers = client.get(path, headers=who | HTML).headers
        assert headers["content-security-policy"] == CSP
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert ("no-store" in headers["cache-control"]) == (not path.startswith("/static"))


def test_a_lane_that_is_none_is_told_with_those_that_are(client: httpx.Client) -> None:
    allowed = "allowed is cryptospot, cryptofutures, forex or options"
    for name in ("stocks", "FOREX", "forex%20", "%00", "%ff", "a" * 3_000):
        for method, path in (("POST", "/kill"), ("GET", "/status"), ("GET", "/diff")):
            answer = client.request(method, f"{path}/{name}", headers=token("operator"))
            assert answer.status_code == 404
            assert answer.json()["detail"].endswith(allowed)
            assert len(answer.json()["detail"]) < 200


def test_what_operations_refuse_is_said_in_their_words(client: httpx.Client, room: Room) -> None:
    answer = client.post("/resume/forex", headers=token("operator"), json={"reason": "refuse"})
    assert (answer.status_code, answer.json()) == (409, {"detail": "forex was not changed: refused"})
    room.fails = RunFailed("the home is gone")
    assert client.get("/status", headers=token("viewer")).status_code == 503
    page = client.get("/", headers=cookie("viewer") | HTML)
    assert (page.status_code, "the home is gone" in page.text) == (503, True)


def test_the_status_is_one_object_with_every_number(client: httpx.Client) -> None:
    found = client.get("/status", headers=token("viewer")).json()
    assert [one["lane"] for one in found["lanes"]] == list(Lane)
    shown = found["lanes"][1]["nodes"][0]
    assert (shown["name"], shown["standing"]["trades"], shown["positions"][0]["stop"]) == ("learner", 44, "52596.2")
    assert client.get("/diff/forex?last=2", headers=token("viewer")).json()["by_rule"] == [["market_sane", 3]]
    assert client.get("/validation/nobody", headers=token("viewer")).status_code == 404
    assert client.get("/curve/learner", headers=token("viewer")).json()["points"][0][1] == 10_000.0
    assert client.get("/curve/nobody", headers=token("viewer")).status_code == 404


def test_no_word_of_somebody_else_becomes_markup(client: httpx.Client, room: Room) -> None:
    room.text = HOSTILE
    room.lanes = tuple(lane(name, node(text=HOSTILE), text=HOSTILE, killed=True) for name in Lane)
    for path in ("/", "/diff/forex", "/validation/learner", "/validation/learner?part=true", "/registry", "/sessions"):
        shown = client.get(path, headers=cookie("admin") | HTML).text
        assert "<script>alert" not in shown
        assert "alert(&#39;x&#39;)" in shown


def test_no_page_has_a_script_or_a_style_inside(client: httpx.Client, room: Room) -> None:
    for path in ("/", "/diff/forex", "/validation/learner", "/registry", "/sessions", "/login"):
        shown = client.get(path, headers=(cookie("admin") if path != "/login" else {}) | HTML).text
        assert "<style" not in shown
        assert " style=" not in shown
        assert " onclick" not in shown
        assert all("src=" in part[: part.index(">")] for part in shown.split("<script")[1:])


def test_an_empty_home_is_shown_as_one(client: httpx.Client, room: Room) -> None:
    room.lanes = tuple(lane(name) for name in Lane)
    shown = client.get("/", headers=cookie("viewer") | HTML).text
    assert shown.count("No node trades this lane.") == 4


def test_a_login_begins_a_session_and_a_logout_ends_it(client: httpx.Client, room: Room) -> None:
    with httpx.Client(base_url=client.base_url) as browser:
        entered = browser.post("/login", data={"name": "operator", "password": RIGHT})
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        kept = entered.headers["set-cookie"]
        assert all(word in kept for word in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=600"))
        assert browser.get("/", headers=HTML).status_code == 200
        assert browser.get("/login", headers=HTML).status_code == 303
        assert browser.post("/logout", headers=JSON).status_code == 403
        assert browser.post("/logout", headers=JSON | {"x-csrf-token": "sesame"}).status_code == 200
        assert room.gone == {"operator"}
        assert browser.get("/", headers=HTML).status_code == 303


def test_a_wrong_password_and_too_many_of_them_are_told(client: httpx.Client) -> None:
    wrong = client.post("/login", data={"name": "operator", "password": "x"})
    assert (wrong.status_code, "the name or the password is wrong" in wrong.text) == (401, True)
    busy = client.post("/login", data={"name": "busy", "password": "x"})
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "9")
    assert "set-cookie" not in busy.headers


def test_the_first_account_is_made_once_through_the_link(client: httpx.Client, room: Room) -> None:
    room.setup_due = True
    assert client.get("/setup/other", headers=HTML).status_code == 409
    assert "The first account" in client.get("/setup/once", headers=HTML).text
    short = client.post("/setup/once", data={"name": "ann", "password": "abc"}, headers=HTML)
    assert (short.status_code, "allowed are 12 or more" in short.text) == (422, True)
    made = client.post("/setup/once", data={"name": "ann", "password": "long enough now"}, headers=HTML)
    assert (made.status_code, made.headers["location"]) == (303, "/login")
    assert client.get("/setup/once", headers=HTML).status_code == 409


def test_a_report_runs_in_an_origin_of_its_own(
    client: httpx.Client, room: Room, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = tmp_path_factory.mktemp("report") / "report.html"
    page.write_text("<p>whole</p>", encoding="utf-8")
    assert client.get("/validation/learner/report", headers=token("viewer")).status_code == 404
    room.html = str(page)
    answer = client.get("/validation/learner/report", headers=token("viewer"))
    assert answer.text == "<p>whole</p>"
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none'")


def test_static_files_are_kept_for_ever_under_the_name_of_their_content(client: httpx.Client) -> None:
    page = client.get("/login").text
    path = page.split('href="')[3].split('"')[0]
    assert path.startswith("/static/")
    kept = client.get(path)
    assert "immutable" in kept.headers["cache-control"]
    assert client.get(path.partition("?")[0]).headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"if-none-match": kept.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/..%2fapp.py").status_code == 404
    assert client.get("/static/app.py").status_code in (404, 422)


@pytest.mark.parametrize(
    "body", [b"\xff", b"[]", b'{"reason": 5}', b'{"reason": "a\\u0000b"}', json.dumps({"reason": "x" * 600}).encode()]
)
def test_a_body_that_is_none_is_refused_in_a_sentence(client: httpx.Client, room: Room, body: bytes) -> None:
    answer = client.post("/kill/forex", headers=token("operator") | {"content-type": "application/json"}, content=body)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]
    assert room.asked == []


def test_a_node_that_cannot_be_read_is_shown_with_the_reason(client: httpx.Client, room: Room) -> None:
    odd = replace(node(), unread="its state cannot be read: malformed", curve=())
    room.lanes = (lane(Lane.FOREX, odd),)
    assert "its state cannot be read: malformed" in client.get("/", headers=cookie("viewer") | HTML).text


PATIENCE_S = 20.0


def _pair(folder: Path) -> tuple[str, str]:
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
    return str(certificate), str(secret)


@contextmanager
def _served(settings: WebSettings, room: Room) -> Iterator[int]:
    server = Server.of(settings)
    with shown(room), socket.create_server(("127.0.0.1", 0)) as listening:
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
    trust = ssl.create_default_context(cafile=certificate)
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
            Server.of(WebSettings(certificate=first, key=second))


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

"""Whoever is not meant is refused: other pages, other names, no token, too much, nonsense."""

import json
import socket

import pytest

from actfn.web.safety import GRADINGS, LARGEST_BODY, Bucket, Guard
from web_server import Server

OVERVIEW, VISITS = "/api/overview", "/api/visits"
OPEN = {"question": "dying-relu"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("data")) as started:
        yield started


def said(found) -> tuple[int, str]:
    status, _, content = found
    return status, json.loads(content)["error"]


def with_token(server, **more):
    return {"Authorization": f"Bearer {server.token}", **more}


def cookie_of(server) -> str:
    _, headers, _ = server.send("GET", f"/?token={server.token}")
    return headers["set-cookie"]


def test_the_token_opens_it(server):
    assert server.send("GET", OVERVIEW, headers=with_token(server))[0] == 200


@pytest.mark.parametrize("path", ["/", "/questions", OVERVIEW, "/static/app.js"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Cookie": "actfn-1=wrong"}, {"Cookie": "\x7f=;;"}],
    ids=["none", "wrong", "another cookie", "no cookie"],
)
def test_without_the_token(server, path, headers):
    status, words = said(server.send("GET", path, headers=headers))
    assert (status, "token" in words) == (401, True)


def test_a_token_in_the_address_of_the_api_is_none(server):
    assert server.send("GET", f"{OVERVIEW}?token={server.token}")[0] == 401


def test_the_cookie_is_for_this_page_only(server):
    cookie = cookie_of(server)
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    pair = cookie.partition(";")[0]
    assert server.send("GET", OVERVIEW, headers={"Cookie": pair})[0] == 200
    status, words = said(server.send("POST", VISITS, OPEN, {"Cookie": pair}))
    assert (status, "Origin" in words) == (403, True)
    own = {"Cookie": pair, "Origin": f"http://{server.host}"}
    assert server.send("POST", VISITS, OPEN, own)[0] == 201


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://{host}", "http://127.0.0.1:1", "http://"]
)
def test_another_origin(server, origin):
    headers = with_token(server, Origin=origin.format(host=server.host))
    for method, path, body in (("POST", VISITS, OPEN), ("GET", OVERVIEW, None)):
        status, words = said(server.send(method, path, body, headers))
        assert (status, "another page" in words) == (403, True)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site(server, site):
    headers = with_token(server, **{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"})
    assert server.send("GET", OVERVIEW, headers=headers)[0] == 403
    followed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    assert server.send("GET", f"/?token={server.token}", headers=followed)[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "", "[::]"])
def test_a_foreign_host(server, host):
    named = host.format(port=server.host.rpartition(":")[2])
    status, words = said(server.send("GET", OVERVIEW, headers=with_token(server, Host=named)))
    assert (status, "actfn practice" in words) == (403, True)


def test_two_hosts(server):
    name, _, port = server.host.rpartition(":")
    text = f"GET / HTTP/1.1\r\nHost: {server.host}\r\nHost: evil.example\r\n\r\n"
    with socket.create_connection((name, int(port)), timeout=20) as connection:
        connection.sendall(text.encode())
        assert connection.recv(100).split()[1] in (b"400", b"403")


def test_a_preflight_gets_no_permission(server):
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    status, found, _ = server.send("OPTIONS", VISITS, headers=headers)
    assert status == 403
    assert not [name for name in found if name.lower().startswith("access-control")]


def test_an_oversized_body(server):
    large = json.dumps({"question": "x" * LARGEST_BODY}).encode()
    headers = with_token(server, **{"Content-Type": "application/json"})
    assert said(server.send("POST", VISITS, large, headers))[0] == 413


def test_an_oversized_body_of_unknown_length(server):
    name, _, port = server.host.rpartition(":")
    head = (
        f"POST {VISITS} HTTP/1.1\r\nHost: {server.host}\r\nAuthorization: Bearer {server.token}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection((name, int(port)), timeout=20) as connection:
        connection.sendall(head.encode() + chunk * (LARGEST_BODY // 0x10000 + 1) + b"0\r\n\r\n")
        assert connection.recv(100).split()[1] == b"413"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "object"),
        (b'{"question": 1}', "wrong type"),
        (b'{"question": "dying-relu", "x": 1}', "not known"),
        (b"{}", "missing"),
    ],
)
def test_malformed_json(server, body, words):
    headers = with_token(server, **{"Content-Type": "application/json"})
    status, message = said(server.send("POST", VISITS, body, headers))
    assert (status, words in message) == (400, True), message


def test_a_form_is_no_json(server):
    headers = with_token(server, **{"Content-Type": "text/plain"})
    status, words = said(server.send("POST", VISITS, b'{"question": "dying-relu"}', headers))
    assert (status, "application/json" in words) == (400, True)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../serve.py",
        "/static/%2e%2e/serve.py",
        "/static/..%2f..%2fcli.py",
        "/static//etc/passwd",
        "/static/%00",
        "/../../etc/passwd",
        "/api/functions/..%2f..%2fgelu",
        "/api/history?question=../../practice.db",
    ],
)
def test_path_traversal(server, path):
    status, _, content = server.send("GET", path, headers=with_token(server))
    assert status == 404
    assert b"root:" not in content
    assert b"import" not in content


def test_a_draft_stays_in_its_folder(server):
    found = server.visit("dying-relu")
    path = f"/api/visits/{found['visit']}/parts"
    server.call("PUT", f"{path}/0/draft", {"text": "x"})
    server.call("PUT", f"{path}/..%2f0/draft", {"text": "x"}, status=404)
    server.call("PUT", f"{path}/99/draft", {"text": "x"}, status=404)
    server.call("POST", VISITS, {"question": "../dying-relu"}, status=404)


def test_what_a_page_may_load(server):
    _, headers, _ = server.send("GET", OVERVIEW, headers=with_token(server))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_the_page_has_a_policy_with_a_fresh_nonce(server):
    nonces = set()
    for _ in range(2):
        _, headers, content = server.send("GET", "/", headers=with_token(server))
        policy = headers["content-security-policy"]
        nonces.add(content.decode().removeprefix("<p>").removesuffix("</p>"))
        assert f"style-src 'self' 'nonce-{max(nonces, key=policy.count)}'" in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
    assert len(nonces) == 2


def test_a_bucket_refuses_and_fills_again():
    now = [0.0]
    bucket = Bucket(2, 1, lambda: now[0])
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now[0] = 1.5
    assert [bucket.take() for _ in range(2)] == [True, False]


def test_too_many_gradings(server):
    guard = Guard(None, "t", 1)
    scope = {
        "type": "http", "method": "POST", "path": "/api/visits/x/parts/0/answer",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:1"), (b"authorization", b"Bearer t")],
    }  # fmt: skip
    from starlette.datastructures import Headers

    refusals = [guard._refusal(scope, Headers(scope=scope)) for _ in range(GRADINGS + 5)]
    assert refusals[0] is None
    assert refusals[-1][0] == 429


def test_elsewhere_only_when_asked(tmp_path):
    with Server(tmp_path, "--host", "0.0.0.0") as elsewhere:
        assert "not encrypted" in elsewhere.printed
        assert elsewhere.host.startswith("127.0.0.1:")

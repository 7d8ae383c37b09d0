"""Where the server listens, what it says without a page, when a browser opens."""

import socket

import pytest
from rich.console import Console

from actfn import cli
from actfn.web import serve
from web_server import Server


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("ACTFN_DATABASE_URL", raising=False)


def test_without_the_page_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(serve, "is_built", lambda: False)
    monkeypatch.setattr(serve.shutil, "which", lambda name: None)
    assert cli.main(["practice"]) == 1
    words = capsys.readouterr().err
    assert "Node.js" in words
    assert "apt-get install nodejs npm" in words
    assert "--terminal" in words


def test_with_node_it_names_the_command(monkeypatch):
    monkeypatch.setattr(serve.shutil, "which", lambda name: "/usr/bin/npm")
    monkeypatch.setattr(serve, "is_built", lambda: False)
    with pytest.raises(serve.NotBuilt, match="make practice"):
        serve.serve(None, Console())


def test_a_port_that_is_taken():
    with serve.listening(serve.HERE, 0) as first:
        number = first.getsockname()[1]
        assert number > 0
        with pytest.raises(OSError, match=f"port {number}"):
            serve.listening(serve.HERE, number)


def test_another_port_than_the_usual_one_where_that_is_taken(monkeypatch):
    with serve.listening(serve.HERE, 0) as first:
        monkeypatch.setattr(serve, "PREFERRED_PORT", first.getsockname()[1])
        with serve.listening(serve.HERE, None) as second:
            assert second.getsockname()[1] != first.getsockname()[1]
            assert second.getsockname()[0] == serve.HERE


def test_it_listens_to_this_machine_only(tmp_path):
    with Server(tmp_path) as server:
        port = int(server.host.rpartition(":")[2])
        others = {name for name in serve.own_names() if name.count(".") == 3} - {serve.HERE}
        if not others:
            pytest.skip("this machine has no other address")
        with (
            pytest.raises(ConnectionRefusedError),
            socket.create_connection((min(others), port), 5),
        ):
            pass


def test_a_browser_where_it_would_be_seen(monkeypatch):
    monkeypatch.setattr(serve.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not serve.has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert serve.has_display()


def test_the_warning_says_what_it_means():
    words = serve.warning("0.0.0.0")
    assert "run Python here" in words
    assert "not encrypted" in words


def test_the_names_of_this_machine():
    assert socket.gethostname() in serve.own_names()

"""`actfn practice`: the server on a free port, its address, the browser, and a clean end."""

import contextlib
import os
import shutil
import socket
import sys
import threading
import webbrowser

import uvicorn
from rich.console import Console

from actfn.interview.room import Room
from actfn.web.app import create_app
from actfn.web.pages import is_built
from actfn.web.safety import LOOPBACK, new_token

HERE = "127.0.0.1"
PREFERRED_PORT = 7117  # a browser remembers what was typed for an address
_WILD = {"0.0.0.0": HERE, "::": "[::1]"}


class NotBuilt(OSError):
    """The page is not there yet."""


def serve(
    room: Room,
    console: Console,
    host: str | None = None,
    port: int | None = None,
    browser: bool = True,
    place: str = "",
) -> int:
    """Serve until Ctrl-C; what was graded is kept.

    Parameters
    ----------
    room : what is served.
    console : where the address is printed.
    host : where to listen besides this machine; None for this machine only.
    port : where; None for a free one.
    browser : whether to open one, where there is a display.
    place : the page to begin with, such as "question?q=dying-relu".

    Raises
    ------
    NotBuilt
        Without the front end; says what is missing.
    """
    if not is_built():
        raise NotBuilt(missing())
    if host and host not in LOOPBACK:
        console.print(warning(host), style="yellow")
    with listening(host or HERE, port) as found:
        number = found.getsockname()[1]
        token, named = new_token(), _WILD.get(host or HERE, host or HERE)
        hosts = {*LOOPBACK, named, *(own_names() if host in _WILD else ())}
        join = "&" if "?" in place else "?"
        address = f"http://{named}:{number}/{place}{join}token={token}"
        server = _Server(create_app(room, token, number, hosts), console, address, browser)
        with contextlib.suppress(KeyboardInterrupt):  # it has closed everything by then
            server.run(sockets=[found])
    return 0


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, app, console: Console, address: str, browser: bool):
        # The streams of a page that is still open must not keep the server.
        config = uvicorn.Config(
            app, log_level="warning", lifespan="on", timeout_graceful_shutdown=3,
            server_header=False, h11_max_incomplete_event_size=32 * 1024,
        )  # fmt: skip
        super().__init__(config)
        self.console, self.address, self.browser = console, address, browser

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        if self.should_exit:
            return
        self.console.print("The interview room is open at", style="bold")
        self.console.print(f"  {self.address}", style="cyan", soft_wrap=True)
        self.console.print("Ctrl-C closes it; what was graded is kept.", style="dim")
        if self.browser and has_display():
            threading.Thread(target=webbrowser.open, args=(self.address,), daemon=True).start()


def listening(host: str, port: int | None) -> socket.socket:
    """A socket that listens: on the port, on the usual one, or on any that is free."""
    tried = [port] if port is not None else [PREFERRED_PORT, 0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in tried:
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host.strip("[]"), number))
            found.listen(128)
            return found
        except OSError as error:
            found.close()
            reason = error
    raise OSError(f"cannot listen on {host}, port {tried[-1] or 'any'}: {reason}")


def own_names() -> set[str]:
    """What other machines may call this one: its name and its addresses."""
    name = socket.gethostname()
    found = {name}
    with contextlib.suppress(OSError):
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address would be used
        found.add(probe.getsockname()[0])
    return {f"[{entry}]" if ":" in entry else entry for entry in found}


def has_display() -> bool:
    """Whether a browser would be seen."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def warning(host: str) -> str:
    """What it means to listen elsewhere."""
    return (
        f"Listening on {host}: whoever reaches this machine over the network and has the address "
        "with its token can answer in your name, read your answers, and run Python here, in the "
        "sandbox. The connection is not encrypted."
    )


def missing() -> str:
    """What is needed to build the page."""
    words = "the page is not built yet"
    if shutil.which("npm") is None:
        words += (
            ", and Node.js is not there to build it: install Node 20 or newer with npm (on Debian "
            "and Ubuntu, as root: apt-get install nodejs npm), then `make practice`"
        )
    else:
        words += ": `make practice` in the checkout builds it"
    return words + "; `actfn practice --terminal` is the same room in this terminal"

"""A real PostgreSQL server in a temporary folder, for the tests of the store."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")  # one folder per version, not on PATH
_PORT = "5432"  # names the socket; nothing listens on the network


class NoServer(Exception):
    """Why there is none: a reason to skip a test."""


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty server, gone afterwards; NoServer where there is none."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        raise NoServer("PostgreSQL is not installed: apt-get install postgresql")
    # A short path of our own: a socket's has 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="actfn-pg-", dir="/tmp") as folder:
        if os.getuid() == 0:
            os.chown(folder, *_unprivileged())
        data = Path(folder) / "data"
        _run(initdb, "-D", data, "-U", "actfn", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-k {folder} -p {_PORT} -c listen_addresses='' -c fsync=off -c timezone=+09"
        _run(pg_ctl, "-D", data, "-w", "-l", Path(folder) / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://actfn@/postgres?host={folder}&port={_PORT}"
        finally:
            _run(pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")


def _program(name: str) -> Path | None:
    found = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda p: float(p.parts[-3]))
    on_path = shutil.which(name)
    return found[-1] if found else Path(on_path) if on_path else None


def _unprivileged() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _run(*command) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    user = {}
    if os.getuid() == 0:
        number, group = _unprivileged()
        user = {"user": number, "group": group, "extra_groups": []}
    # The server inherits the output: a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(word) for word in command], cwd="/", stdout=output, stderr=output,
            stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"}, timeout=120,
            check=False, **user,
        )  # fmt: skip
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {output.read().decode(errors='replace')}")

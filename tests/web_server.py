"""A server in a process of its own, and requests to it as a browser or a script sends them."""

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ADDRESS = re.compile(r"http://\S+token=\S+")


class Server:
    """`actfn practice` without a browser; a context manager.

    Parameters
    ----------
    folder : where the data are.
    arguments : further ones.
    built : False serves without the built page, for what does not need it.
    """

    def __init__(self, folder: Path, *arguments: str, built: bool = False):
        command = ["-m", "actfn"] if built else [__file__]
        environment = {**os.environ, "ACTFN_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        environment.pop("DISPLAY", None)
        environment.pop("ACTFN_DATABASE_URL", None)
        self.process = subprocess.Popen(
            [sys.executable, *command, "practice", "--port", "0", "--no-browser", *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.printed = ""
        self.address = self._address()
        parts = urlsplit(self.address)
        self.host, self.token = parts.netloc, parts.query.rpartition("token=")[2]

    def _address(self) -> str:
        for line in self.process.stdout:
            self.printed += line
            found = ADDRESS.search(line)
            if found:
                return found[0]
        raise AssertionError(f"no address was printed: {self.printed}")

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request with the given headers only; bytes are sent as they are."""
        name, _, port = self.host.rpartition(":")
        connection = http.client.HTTPConnection(name, int(port), timeout=120)
        given = {"Host": self.host, **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, given)
            found = connection.getresponse()
            return found.status, dict(found.getheaders()), found.read()
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None, status: int = 0) -> Any:
        """A request with the token; the JSON, or the last event of a stream."""
        bearer = {"Authorization": f"Bearer {self.token}"}
        got, headers, content = self.send(method, path, body, bearer)
        assert got == status if status else 200 <= got < 300, (got, content)
        text = content.decode()
        if headers.get("content-type", "").startswith("text/event-stream"):
            text = text.rstrip().rpartition("data: ")[2]
        return json.loads(text)

    def visit(self, question: str) -> dict[str, Any]:
        """Open a question."""
        return self.call("POST", "/api/visits", {"question": question})

    def answer(self, visit: dict[str, Any], part: int, text: str, **more: Any) -> Any:
        """Answer a part of it."""
        path = f"/api/visits/{visit['visit']}/parts/{part}/answer"
        return self.call("POST", path, {"text": text, **more})

    def finish(self, visit: dict[str, Any]) -> Any:
        """Keep the attempt."""
        return self.call("POST", f"/api/visits/{visit['visit']}/finish")


def _main() -> int:
    from actfn import cli
    from actfn.web import pages

    pages.STATIC = Path(os.environ["ACTFN_DATA_DIR"]) / "static"
    pages.STATIC.mkdir(parents=True, exist_ok=True)
    (pages.STATIC / "index.html").write_text("<p>{{nonce}}</p>")
    return cli.main()


if __name__ == "__main__":
    sys.exit(_main())

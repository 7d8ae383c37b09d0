"""Debian's Chromium, driven by Playwright, on a page that has been built."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from actfn.web.pages import is_built

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AXE = Path(__file__).parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@contextlib.contextmanager
def chromium() -> Iterator:
    """A browser without a window; skips where there is none, or no page."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("Chromium is not installed")
    if not is_built():
        pytest.skip("the page is not built: it needs Node.js and `make setup`")
    with playwright.sync_playwright() as driver:
        # Root may not use Chromium's own sandbox; the pages are ours.
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """A tab of a window of its own, with what went wrong in it and where it asked."""

    def __init__(self, browser, server, width=1200, height=860, theme="light", context=None):
        self.server = server
        self.context = context or browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)  # a busy machine is no fault of the page
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request) -> None:
        if not request.url.startswith("data:"):
            self.hosts.add(request.url.split("/")[2])

    def _told(self, message) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def go(self, path: str) -> "Tab":
        """Open an address with the token, and wait for the view."""
        join = "&" if "?" in path else "?"
        self.page.goto(f"http://{self.server.host}{path}{join}token={self.server.token}")
        self.page.wait_for_selector(".view h1")
        return self

    def write(self, text: str) -> None:
        """Replace what is in the code editor, as if pasted."""
        self.page.wait_for_selector(".cm-content")
        self.page.click(".cm-content")
        self.page.keyboard.press("Control+a")
        self.page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
              document.querySelector(".cm-content").dispatchEvent(event);
            }""",
            text,
        )

    def grade(self, text: str) -> str:
        """Write code, grade it with the keyboard; the verdict in words."""
        old = self.page.query_selector(".verdict")
        self.write(text)
        self.page.keyboard.press("Control+Enter")
        if old:
            old.wait_for_element_state("hidden")
        self.page.wait_for_selector(".verdict .badge")
        return self.page.inner_text(".verdict")

    def part(self, number: int) -> None:
        """Turn to a part of the question."""
        self.page.click(f"#tab-{number}")
        self.page.wait_for_selector(f"#part[aria-labelledby='tab-{number}'] > *")

    def axe(self) -> list[str]:
        """What axe calls serious or worse."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
        return [
            f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:150]})"
            for v in found["violations"]
            if v["impact"] in ("serious", "critical")
        ]

    def close(self) -> None:
        """Close the window; nothing went wrong in it, and nothing left the machine."""
        self.context.close()
        assert self.hosts <= {self.server.host}, self.hosts
        assert self.errors == []

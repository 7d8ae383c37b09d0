"""Take the pictures of the page in docs/screenshots: three widths, light and dark.

    python tools/screenshots.py [VIEW...]

It needs Chromium, Playwright and the built page; see tests/web_browser.py.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from web_browser import Tab, chromium  # noqa: E402
from web_server import Server  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
WINDOWS = {"phone": (390, 844), "tablet": (820, 1100), "desk": (1280, 860)}
THEMES = ("light", "dark")
COLOURS = 240  # of the files: enough for flat areas, and small

SOFTMAX = """\
import numpy as np


def softmax(x, axis=-1):
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)
"""
GELU = """\
import numpy as np


def gelu(x):
    return 0.5 * x * (1 + np.tanh(0.8 * (x + 0.045 * x**3)))
"""


def fragile(tab) -> None:
    """A fragile answer with its findings."""
    tab.grade(SOFTMAX)
    tab.page.wait_for_selector(".cm-remark")


def wrong(tab) -> None:
    """A wrong answer with its curve."""
    tab.grade(GELU)
    tab.page.wait_for_selector(".chart canvas")
    tab.page.evaluate("() => document.querySelector('.editor').scrollIntoView()")
    tab.page.evaluate("() => scrollBy(0, -80)")


def formula(tab) -> None:
    """A formula and what is understood of it."""
    tab.page.fill(".formula-box", "sigma(x) + x sigma(x) (1 - sigma(x))")
    tab.page.wait_for_selector(".preview .katex")


def revealed(tab) -> None:
    """The network after its last step."""
    tab.page.click("text=Reveal")
    tab.page.wait_for_selector("text=You said")


def diagnosed(tab) -> None:
    """A diagnosis that was dropped."""
    tab.page.set_input_files("#file", ROOT / "tests" / "data" / "diagnosis.json")
    tab.page.wait_for_selector("text=units are dead")
    tab.page.evaluate("() => document.querySelector('article').scrollIntoView()")
    tab.page.evaluate("() => scrollBy(0, -80)")


def explored(tab) -> None:
    """Curves and cards."""
    tab.page.wait_for_selector("article .katex")


def nothing(tab) -> None:
    """The view as it opens."""


VIEWS: dict[str, tuple[str, Callable]] = {
    "today": ("/", nothing),
    "fragile-answer": ("/question?q=implement-all-activations&part=6", fragile),
    "curve": ("/question?q=gelu-vs-relu", wrong),
    "formula": ("/question?q=derive-silu&part=1", formula),
    "explore": ("/explore?f=relu,gelu,swish&p=swish.beta:2", explored),
    "temperature": ("/temperature?z=2,1,0.5,-1,-2&t=0.5", nothing),
    "dying": ("/dying?rate=2", revealed),
    "diagnose": ("/diagnose", diagnosed),
}


def main(wanted: list[str]) -> None:
    """Take those that are wanted, or all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, Server(Path(tempfile.mkdtemp()), built=True) as server:
        for view in wanted or VIEWS:
            for window in WINDOWS:
                for theme in THEMES:
                    take(browser, server, view, window, theme)


def take(browser, server, view: str, window: str, theme: str) -> None:
    """One picture, with few colours."""
    path, prepare = VIEWS[view]
    tab = Tab(browser, server, *WINDOWS[window], theme).go(path)
    prepare(tab)
    tab.page.wait_for_timeout(500)
    file = FOLDER / f"{view}-{window}-{theme}.png"
    tab.page.screenshot(path=file)
    tab.context.close()
    Image.open(file).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        file, optimize=True
    )
    print(file.relative_to(ROOT), file.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])

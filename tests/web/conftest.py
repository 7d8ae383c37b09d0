"""A browser and a server of the built page, for the tests that need them."""

import pytest

from web_browser import Tab, chromium
from web_server import Server


@pytest.fixture(scope="module")
def browser():
    """Chromium; skips where it is missing."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    """The room with the built page, on data of its own."""
    with Server(tmp_path_factory.mktemp("data"), built=True) as started:
        yield started


@pytest.fixture
def tab(browser, server):
    """A tab in which nothing may go wrong."""
    found = Tab(browser, server)
    yield found
    found.close()

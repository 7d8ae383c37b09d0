"""Many graders at once, and the end of a server in the middle of its work."""

import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor

from actfn.interview.store import open_store
from web_server import Server

SESSIONS = 50
QUESTION = "implement-all-activations"


def url(folder) -> str:
    return f"sqlite:///{folder / 'practice.db'}"


def session(server, number: int) -> tuple[str, str]:
    """Open, answer in words of its own, finish; the key and the answer."""
    visit = server.visit(QUESTION)
    # Even ones are right; each has its number in it.
    value = "np.maximum(0, x)" if number % 2 == 0 else "x"
    text = f"import numpy as np\ndef relu(x):\n    return {value}  # session {number}\n"
    found = server.answer(visit, 0, text)
    assert found["verdict"] == ("pass" if number % 2 == 0 else "wrong"), number
    server.finish(visit)
    return visit["visit"], text


def test_fifty_at_once_lose_and_mix_nothing(tmp_path):
    with Server(tmp_path) as server, ThreadPoolExecutor(SESSIONS) as pool:
        given = dict(pool.map(lambda k: session(server, k), range(SESSIONS)))
    with open_store(url(tmp_path)) as store:
        kept = {a.key: a for a in store.attempts()}
    assert set(kept) == set(given)
    for key, text in given.items():
        assert kept[key].answer == text
        right = "maximum" in text
        assert (kept[key].details["relu"]["verdict"] == "pass") == right


def test_killed_in_the_middle_it_goes_on(tmp_path):
    graded = []

    def work(number: int) -> None:
        visit = server.visit(QUESTION)
        server.answer(visit, 0, f"def relu(x): return x  # {number}\n")
        graded.append(visit["visit"])
        if number % 3 == 0:
            server.finish(visit)
        if number == 12:
            server.process.send_signal(signal.SIGKILL)

    with Server(tmp_path) as server, ThreadPoolExecutor(8) as pool:
        for job in [pool.submit(work, k) for k in range(24)]:
            job.exception()  # those that came too late fail
    with sqlite3.connect(tmp_path / "practice.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with Server(tmp_path) as server:  # opens again what was graded and not finished
        for key in set(graded) & left(tmp_path):
            assert server.call("GET", f"/api/visits/{key}")["parts"][0]["answered"]
    with open_store(url(tmp_path)) as store:
        keys = [a.key for a in store.attempts()]
    assert len(keys) == len(set(keys))
    assert set(graded) <= set(keys)


def left(folder) -> set[str]:
    """The visits in the journal."""
    return {path.stem for path in (folder / "visits").glob("*.json")}

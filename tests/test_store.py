"""The store on SQLite and on a real PostgreSQL server: nothing is lost, nothing half done."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from actfn import cli
from actfn.interview import schedule
from actfn.interview.store import default_url, exchange, migrate, open_store
from actfn.interview.store.models import Base
from postgres_server import NoServer, postgres_server

NOW = datetime(2026, 3, 1, 12, 30, 15, 250_000, UTC)
TABLES = ("attempts", "cards", "settings", "mocks")


@pytest.fixture(scope="module")
def server():
    try:
        with postgres_server() as url:
            yield url
    except NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def new_url(request, tmp_path):
    """Makes URLs of empty databases of a kind."""

    def make(kind):
        name = f"p{uuid.uuid4().hex}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / name / 'practice.db'}"
        server = make_url(request.getfixturevalue("server"))
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return server.set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request):
    return request.param


@pytest.fixture
def url(kind, new_url):
    return new_url(kind)


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened


def add(store, question="q", result=schedule.Result.GOOD, now=NOW, **fields):
    """An attempt with its card."""
    known = store.cards().get(question)
    state, due = schedule.next_card(known.state if known else None, result, now, None)
    values = {"kind": "code", "seconds": 12.5, "verdict": "pass", "rating": int(result)}
    return store.add_attempt(
        question=question, started=now, card=state, due=due, **{**values, **fields}
    )


def fill(store):
    """Something in every table, with what is hard to keep."""
    add(store, "relu", answer="def relu(x): …\n'\"\\ 🙂", details={"findings": [1.5, None, "é"]})
    add(store, "relu", schedule.Result.AGAIN, NOW + timedelta(days=3), verdict="wrong", hints=2)
    add(store, "topic/gelu", solution_seen=True, task=" ".join(["softmax_with_temperature"] * 30))
    store.set_setting("interview_date", "2026-04-01")
    store.set_setting("nothing", None)
    store.add_mock(NOW, {"questions": [{"question": "relu"}], "passed": 0})


def exported(store):
    """What an export holds, through JSON."""
    return json.loads(json.dumps(exchange.export(store)))


def test_attempts_are_only_added(store):
    first = add(store, answer="one")
    second = add(store, now=NOW + timedelta(hours=1), answer="two")
    add(store, "other")
    assert [a.answer for a in store.attempts("q")] == ["one", "two"]
    assert len({first.key, second.key}) == 2
    assert len(store.attempts()) == 3
    assert store.attempts("q")[0].started == NOW
    public = {name for name in dir(store) if not name.startswith("_")}
    assert not {name for name in public if "delete" in name or "update" in name}


def test_a_card_follows_each_attempt(store):
    add(store)
    first = store.cards()["q"]
    add(store, now=NOW + timedelta(days=3))
    second = store.cards()["q"]
    assert list(store.cards()) == ["q"]
    assert second.due > first.due > NOW
    assert second.due.tzinfo == UTC
    assert second.state["last_review"] == (NOW + timedelta(days=3)).isoformat()


def test_an_attempt_and_its_card_are_kept_together_or_not_at_all(store):
    add(store)
    before = exported(store)
    with pytest.raises(OSError, match=r"the database .* says"):
        store.add_attempt(
            question="q", kind="code", seconds=1.0, verdict="pass", rating=3, card={}, due=None
        )
    assert exported(store) == before


def test_settings(store):
    assert store.setting("missing") is None
    assert store.setting("missing", 3) == 3
    for value in ("2026-04-01", None, [1, {"a": 2.5}]):
        store.set_setting("x", value)
        assert store.setting("x", "otherwise") == value


def test_mocks(store):
    store.add_mock(NOW + timedelta(days=1), {"passed": 2})
    store.add_mock(NOW, {"passed": 1})
    assert [(m.started, m.report["passed"]) for m in store.mocks()] == [
        (NOW, 1), (NOW + timedelta(days=1), 2),
    ]  # fmt: skip


def test_times_of_other_zones_are_the_same_moments(store):
    local = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.add_mock(local, {})
    (mock,) = store.mocks()
    assert mock.started == NOW
    assert mock.started.utcoffset() == timedelta(0)


def test_export_to_the_other_kind(store, kind, new_url):
    fill(store)
    data = exported(store)
    assert [len(data[name]) for name in TABLES] == [3, 2, 2, 1]
    with open_store(new_url("sqlite" if kind == "postgresql" else "postgresql")) as other:
        added = exchange.restore(other, data)
        assert added == {"attempts": 3, "cards": 2, "settings": 2, "mocks": 1}
        assert exported(other) == data
        assert exchange.restore(other, data) == dict.fromkeys(TABLES, 0)
        assert exported(other) == data


def test_import_keeps_what_is_newer(store, url, new_url):
    add(store)
    store.set_setting("interview_date", "2026-04-01")
    old = exported(store)
    add(store, result=schedule.Result.AGAIN, now=NOW + timedelta(days=1))
    store.set_setting("interview_date", "2026-05-01")
    new = exported(store)
    # A failure is due sooner than the pass before it, and still newer.
    assert new["cards"][0]["due"] < old["cards"][0]["due"]
    exchange.restore(store, old)
    assert exported(store) == new
    with open_store(new_url(make_url(url).get_backend_name())) as other:
        exchange.restore(other, old)
        exchange.restore(other, new)
        assert exported(other)["cards"] == new["cards"]
        assert exported(other)["attempts"] == new["attempts"]


BROKEN = {
    "no export": (lambda d: [], "no export of actfn"),
    "another format": (lambda d: d | {"format": "anki"}, "no export of actfn"),
    "later version": (lambda d: d | {"version": 99}, "has version 99"),
    "no rows": (lambda d: d | {"cards": {}}, "not a list of rows"),
    "no row": (lambda d: d | {"mocks": [3]}, "not a list of rows"),
    "a time": (lambda d: _last(d, "attempts", started="soon"), "row 3 of 'attempts'.*no time"),
    "no key": (lambda d: _last(d, "attempts", key=...), "row 3 of 'attempts'.*'key' is missing"),
    "null": (lambda d: _last(d, "attempts", verdict=None), "'verdict' is None"),
    "a type": (lambda d: _last(d, "attempts", seconds="12"), "'seconds' is '12'"),
    "a state": (lambda d: _last(d, "cards", state={"step": 1}), "row 2 of 'cards'.*FSRS"),
    "no due": (lambda d: _last(d, "cards", due=...), "'due' is missing"),
    "a mock": (lambda d: _last(d, "mocks", started=5), "'started' is no time"),
}  # fmt: skip


def _last(data, table, **changes):
    row = {**data[table][-1], **changes}
    row = {name: value for name, value in row.items() if value is not ...}
    return data | {table: [*data[table][:-1], row]}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_export_changes_nothing(store, new_url, mistake):
    fill(store)
    make, message = BROKEN[mistake]
    data = make(exported(store))
    with open_store(new_url("sqlite")) as empty:
        before = exported(empty)
        with pytest.raises(ValueError, match=message):
            exchange.restore(empty, data)
        assert exported(empty) == before


def test_what_the_database_refuses_changes_nothing(server, new_url):
    with open_store(new_url("postgresql")) as store:
        fill(store)
        data = exported(store)
    with open_store(new_url("postgresql")) as empty:
        with pytest.raises(ValueError, match=r"does not fit into the database: .*too long"):
            exchange.restore(empty, _last(data, "attempts", question="q" * 201))
        assert [exported(empty)[name] for name in TABLES] == [[], [], [], []]


def test_migrations_go_up_and_down(store):
    fill(store)
    before = exported(store)
    migrate.upgrade(store.engine)
    assert exported(store) == before
    migrate.downgrade(store.engine)
    assert set(inspect(store.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(store.engine)
    assert [exported(store)[name] for name in TABLES] == [[], [], [], []]
    fill(store)


def test_the_newest_revision_is_alembics_own(store):
    head = ScriptDirectory.from_config(migrate.configuration()).get_current_head()
    with store.engine.connect() as connection:
        assert migrate.latest() == head == migrate.current(connection)


def differences(store):
    with store.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_migrations_make_the_tables_of_the_models(store):
    assert differences(store) == []
    with store.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_cards_due"))
    assert [d[0] for d in differences(store)] == ["add_index"]


def test_tables_of_a_later_version(store, url):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ValueError, match=r"revision 9999.*update actfn"):
        open_store(url)


# ---- several processes ----------------------------------------------------------------------

WORKER = textwrap.dedent("""
    import sys
    from datetime import UTC, datetime
    from actfn.interview import schedule
    from actfn.interview.store import open_store

    name, count = sys.argv[1], int(sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    store = open_store()
    for number in range(count):
        state, due = schedule.next_card(None, schedule.Result.GOOD, datetime.now(UTC), None)
        store.add_attempt(
            question=f"q{number % 5}", kind="code", task=name, seconds=float(number),
            verdict="pass", rating=3, card=state, due=due, answer="x" * 2000,
        )
        store.set_setting("last", [name, number])
        print(number, flush=True)
    print("done", flush=True)
""")


def worker(url, name, count):
    """A process that waits for `go`, opens the store and adds attempts."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, name, str(count)], text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "ACTFN_DATABASE_URL": url},
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    return process


def go(*processes):
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()


def test_two_processes_at_once(url):
    """Both open an empty database at the same moment, then write as fast as they can."""
    processes = [worker(url, name, 50) for name in ("a", "b")]
    go(*processes)
    for process in processes:
        out, error = process.communicate(timeout=120)
        assert (process.returncode, error) == (0, "")
        assert out.endswith("done\n")
    with open_store(url) as store:
        found = sorted((a.task, a.seconds) for a in store.attempts())
        assert found == [(name, float(k)) for name in ("a", "b") for k in range(50)]
        assert sorted(store.cards()) == ["q0", "q1", "q2", "q3", "q4"]
        assert store.setting("last")[1] == 49


def test_killed_in_the_middle(url):
    """Whatever was confirmed is there, the last one whole or not at all, and the next one works."""
    process = worker(url, "killed", 100_000)
    go(process)
    for _ in range(20):
        confirmed = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    # communicate() would miss what has been read ahead.
    confirmed = max([confirmed, *map(int, process.stdout.read().split())])
    process.communicate(timeout=60)
    with open_store(url) as store:
        numbers = [a.seconds for a in store.attempts()]
        assert numbers == [float(k) for k in range(len(numbers))]
        assert len(numbers) in (confirmed + 1, confirmed + 2)
        assert all(a.answer == "x" * 2000 for a in store.attempts())
        if store.engine.dialect.name == "sqlite":
            with store.engine.connect() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        add(store)
        assert len(store.attempts("q")) == 1


# ---- where the data is ----------------------------------------------------------------------


def test_the_default_is_a_file_in_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("ACTFN_DATABASE_URL", raising=False)
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path / "not yet" / "there"))
    with open_store() as store:
        fill(store)
        with store.engine.connect() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert mode == "wal"
    assert (tmp_path / "not yet" / "there" / "practice.db").stat().st_size
    monkeypatch.delenv("ACTFN_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    if sys.platform == "linux":
        assert default_url() == f"sqlite:///{tmp_path}/share/actfn/practice.db"


@pytest.mark.parametrize("prefix", ["postgres", "postgresql", "postgresql+psycopg"])
def test_url_of_a_server(monkeypatch, prefix):
    monkeypatch.setenv("ACTFN_DATABASE_URL", f"{prefix}://u:p@h/d")
    assert default_url() == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize("wrong", ["practice.db", "nonsense://x", "mysql://h/d", "sqlite+no://"])
def test_a_wrong_url_is_said(monkeypatch, capsys, wrong):
    monkeypatch.setenv("ACTFN_DATABASE_URL", wrong)
    assert cli.main(["progress"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("actfn: ")
    assert wrong in error


def test_a_server_that_does_not_answer_is_said(monkeypatch, capsys, tmp_path):
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    url = f"postgresql://anna:secret@/practice?host={tmp_path}"
    monkeypatch.setenv("ACTFN_DATABASE_URL", url)
    assert cli.main(["progress"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("actfn: the database postgresql+psycopg://anna:***@")
    assert "secret" not in error


def test_a_file_that_is_no_database_is_said(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("ACTFN_DATABASE_URL", raising=False)
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path))
    (tmp_path / "practice.db").write_bytes(b"something else entirely\n" * 100)
    assert cli.main(["progress"]) == 1
    assert "file is not a database" in capsys.readouterr().err
    assert (tmp_path / "practice.db").read_bytes().startswith(b"something else")


def test_export_and_import_by_command(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("ACTFN_DATABASE_URL", raising=False)
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path / "one"))
    with open_store() as store:
        fill(store)
    file = tmp_path / "practice.json"
    assert cli.main(["export", "-o", str(file)]) == 0
    assert {p.name for p in tmp_path.iterdir()} == {"one", "practice.json"}
    capsys.readouterr()
    assert cli.main(["export"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(file.read_text(encoding="utf-8"))
    monkeypatch.setenv("ACTFN_DATA_DIR", str(tmp_path / "two"))
    assert cli.main(["import", str(file)]) == 0
    assert "3 attempts" in capsys.readouterr().out
    (tmp_path / "broken.json").write_text("{")
    assert cli.main(["import", str(tmp_path / "broken.json")]) == 2
    assert cli.main(["progress"]) == 0

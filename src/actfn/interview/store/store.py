"""The store: short transactions, so that two processes at once get along."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from actfn.interview.store.migrate import upgrade
from actfn.interview.store.models import Attempt, Card, Mock, Setting
from actfn.interview.store.places import default_url

_BUSY = 15.0  # seconds to wait for another process that is writing
_PATIENCE = 5  # seconds to wait for a server to answer
_DIALECTS = ("sqlite", "postgresql")  # both know INSERT ... ON CONFLICT


def open_store(url: str | None = None) -> "Store":
    """Open, and bring the tables up to date.

    Raises
    ------
    ValueError
        When the URL cannot be understood.
    OSError
        When the database cannot be reached or is none.
    """
    engine = _engine(_parsed(url or default_url()))
    try:
        with _said(engine.url):
            upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def _parsed(wanted: str) -> URL:
    try:
        url = make_url(wanted)
        if url.get_backend_name() in _DIALECTS:
            return url
    except ArgumentError:
        pass
    raise ValueError(
        "a database URL looks like sqlite:///FILE or postgresql://USER@HOST/NAME, not "
        f"{wanted!r} (it comes from ACTFN_DATABASE_URL)"
    )


def _engine(url: URL):
    try:
        if url.get_backend_name() != "sqlite":
            patience = {"connect_timeout": _PATIENCE}
            return create_engine(url, pool_pre_ping=True, connect_args=patience)
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": _BUSY})
    except ArgumentError as error:  # a driver that nobody knows
        raise ValueError(f"{url.render_as_string()} cannot be used: {error}") from None
    except ModuleNotFoundError as error:
        raise ImportError(f"PostgreSQL needs {error.name}: pip install 'actfn[postgres]'") from None

    @event.listens_for(engine, "connect")
    def prepare(connection, record):
        # Readers and one writer at the same time; what is committed survives a crash.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


@contextmanager
def _said(url: URL) -> Iterator[None]:
    """What goes wrong with the database, in a line; the password is not in it."""
    try:
        yield
    except DBAPIError as error:
        words = " ".join(str(error.orig).split())
        raise OSError(f"the database {url.render_as_string()} says: {words}") from error


class Store:
    """Everything that is kept about one person's practice."""

    def __init__(self, engine):
        self.engine = engine

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: all of it is kept, or after an exception nothing."""
        with (
            _said(self.engine.url),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def insert(self, table):
        """An insertion into a table, in the dialect that knows ON CONFLICT."""
        return import_module(f"sqlalchemy.dialects.{self.engine.dialect.name}").insert(table)

    def put(self, session: Session, table, key: str, **values) -> None:
        """Insert a row or replace it, in one statement: another process may be doing the same."""
        insertion = self.insert(table).values(values)
        new = {name: insertion.excluded[name] for name in values if name != key}
        session.execute(insertion.on_conflict_do_update(index_elements=[key], set_=new))

    def add_attempt(self, *, card: dict[str, Any] | None = None, due=None, **fields) -> Attempt:
        """Keep an attempt and, in the same transaction, the card that follows from it."""
        fields.setdefault("key", str(uuid.uuid4()))
        fields.setdefault("started", datetime.now(UTC))
        attempt = Attempt(**fields)
        with self.session() as session:
            session.add(attempt)
            session.flush()
            if card is not None:
                self.put(session, Card, "question", question=attempt.question, due=due, state=card)
        return attempt

    def attempts(self, question: str | None = None) -> list[Attempt]:
        """All attempts, or those on one question, the oldest first."""
        wanted = select(Attempt).order_by(Attempt.started, Attempt.id)
        if question is not None:
            wanted = wanted.where(Attempt.question == question)
        with self.session() as session:
            return list(session.scalars(wanted))

    def cards(self) -> dict[str, Card]:
        """{question: card}."""
        with self.session() as session:
            return {card.question: card for card in session.scalars(select(Card))}

    def setting(self, name: str, otherwise: Any = None) -> Any:
        """One setting."""
        with self.session() as session:
            found = session.get(Setting, name)
            return otherwise if found is None else found.value

    def set_setting(self, name: str, value: Any) -> None:
        """Keep one setting."""
        with self.session() as session:
            self.put(session, Setting, "name", name=name, value=value)

    def add_mock(self, started: datetime, report: dict[str, Any]) -> None:
        """Keep the report of a mock interview."""
        with self.session() as session:
            session.add(Mock(key=str(uuid.uuid4()), started=started, report=report))

    def mocks(self) -> list[Mock]:
        """All mock interviews, the oldest first."""
        with self.session() as session:
            return list(session.scalars(select(Mock).order_by(Mock.started, Mock.id)))

"""The store: short transactions, so that two processes at once get along."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from actfn.interview.store.migrate import upgrade
from actfn.interview.store.models import Attempt, Card, Mock, Setting
from actfn.interview.store.places import default_url

_BUSY = 15.0  # seconds to wait for another process that is writing


def open_store(url: str | None = None) -> "Store":
    """Open, and bring the tables up to date.

    Raises
    ------
    ValueError
        When the URL cannot be understood.
    """
    wanted = url or default_url()
    try:
        parsed = make_url(wanted)
    except ArgumentError:
        raise ValueError(f"a database URL looks like sqlite:///FILE, not {wanted!r}") from None
    engine = _engine(parsed)
    upgrade(engine)
    return Store(engine)


def _engine(url):
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY})

    @event.listens_for(engine, "connect")
    def prepare(connection, record):
        # Readers and one writer at the same time; what is committed survives a crash.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


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
    def _session(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def add_attempt(self, *, card: dict[str, Any] | None = None, due=None, **fields) -> Attempt:
        """Keep an attempt and, in the same transaction, the card that follows from it."""
        fields.setdefault("key", str(uuid.uuid4()))
        fields.setdefault("started", datetime.now(UTC))
        with self._session() as session:
            attempt = Attempt(**fields)
            session.add(attempt)
            if card is not None:
                session.merge(Card(question=attempt.question, due=due, state=card))
        return attempt

    def attempts(self, question: str | None = None) -> list[Attempt]:
        """All attempts, or those on one question, the oldest first."""
        wanted = select(Attempt).order_by(Attempt.started, Attempt.id)
        if question is not None:
            wanted = wanted.where(Attempt.question == question)
        with self._session() as session:
            return list(session.scalars(wanted))

    def cards(self) -> dict[str, Card]:
        """{question: card}."""
        with self._session() as session:
            return {card.question: card for card in session.scalars(select(Card))}

    def setting(self, name: str, otherwise: Any = None) -> Any:
        """One setting."""
        with self._session() as session:
            found = session.get(Setting, name)
            return otherwise if found is None else found.value

    def set_setting(self, name: str, value: Any) -> None:
        """Keep one setting."""
        with self._session() as session:
            session.merge(Setting(name=name, value=value))

    def add_mock(self, started: datetime, report: dict[str, Any]) -> None:
        """Keep the report of a mock interview."""
        with self._session() as session:
            session.add(Mock(key=str(uuid.uuid4()), started=started, report=report))

    def mocks(self) -> list[Mock]:
        """All mock interviews, the oldest first."""
        with self._session() as session:
            return list(session.scalars(select(Mock).order_by(Mock.started)))

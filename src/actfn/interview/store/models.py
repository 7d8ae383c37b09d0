"""The tables. `attempts` is only ever added to; cards can be made again from it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Named constraints: Alembic can only change what has a name.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator):
    """A time in UTC; SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value, dialect):
        if value is not None and value.tzinfo:  # PostgreSQL gives the zone of the connection
            return value.astimezone(UTC)
        return value and value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=_NAMES)


class Attempt(Base):
    """One answer to one question."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)  # the same on every machine
    question: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # code, formula, spoken, plot
    task: Mapped[str] = mapped_column(Text, default="")  # the parts, with blanks between
    started: Mapped[datetime] = mapped_column(Moment, index=True)
    seconds: Mapped[float] = mapped_column(Float)
    verdict: Mapped[str] = mapped_column(String(20))
    rating: Mapped[int] = mapped_column(Integer)  # 1 again, 2 hard, 3 good, 4 easy
    hints: Mapped[int] = mapped_column(Integer, default=0)
    solution_seen: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[Any] = mapped_column(JSON, default=dict)


class Card(Base):
    """When a question comes back: FSRS's state of it."""

    __tablename__ = "cards"

    question: Mapped[str] = mapped_column(String(200), primary_key=True)
    due: Mapped[datetime] = mapped_column(Moment, index=True)
    state: Mapped[Any] = mapped_column(JSON)


class Setting(Base):
    """What a person has chosen, such as the date of the interview."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class Mock(Base):
    """One mock interview."""

    __tablename__ = "mocks"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    started: Mapped[datetime] = mapped_column(Moment)
    report: Mapped[Any] = mapped_column(JSON)

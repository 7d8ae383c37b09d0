"""Bringing a database's tables up to date, by one process at a time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x61637466  # any number that nobody else uses


def configuration(connection=None) -> Any:
    """Alembic's configuration for an open connection."""
    from alembic.config import Config  # takes long, and is needed once in a person's life

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def latest() -> str:
    """The newest revision there is: its scripts are numbered."""
    scripts = (_SCRIPTS / "versions").glob("[0-9]*_*.py")
    return max(script.name.partition("_")[0] for script in scripts)


def current(connection) -> str | None:
    """The revision that a database is at."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def upgrade(engine) -> None:
    """Upgrade to the newest revision, if it is not there already.

    Raises
    ------
    ValueError
        When a later actfn has made the tables.
    """
    with engine.connect() as connection:
        if current(connection) == latest():
            return
    with engine.connect() as connection, _alone(connection):
        # Another process may have done it while this one waited.
        if current(connection) != latest():
            _upgrade(connection)
        connection.commit()


def _upgrade(connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError:
        raise ValueError(
            f"the practice data has tables of revision {current(connection)}, and this actfn knows "
            f"them up to {latest()}: a later one has made them; update actfn"
        ) from None


def downgrade(engine, revision: str = "base") -> None:
    """Go back; what later tables held is lost."""
    from alembic import command

    with engine.connect() as connection, _alone(connection):
        command.downgrade(configuration(connection), revision)
        connection.commit()


@contextlib.contextmanager
def _alone(connection) -> Iterator[None]:
    """Let no other process upgrade at the same time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    yield

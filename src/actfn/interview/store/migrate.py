"""Bringing a database's tables up to date, by one process at a time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x61637466  # any number that nobody else uses


def configuration(connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def latest() -> str | None:
    """The newest revision there is."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head()


def upgrade(engine) -> None:
    """Upgrade to the newest revision, if it is not there already."""
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == latest():
            return
    with engine.connect() as connection, _alone(connection):
        # Another process may have done it while this one waited.
        if MigrationContext.configure(connection).get_current_revision() != latest():
            command.upgrade(configuration(connection), "head")
        connection.commit()


def downgrade(engine, revision: str = "base") -> None:
    """Go back; what later tables held is lost."""
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

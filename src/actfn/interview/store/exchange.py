"""Everything as JSON, and back. Importing twice changes nothing: attempts have keys."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from actfn import __version__
from actfn.interview.store.models import Attempt, Card, Mock, Setting
from actfn.interview.store.store import Store

FORMAT = "actfn practice"
VERSION = 1
_TABLES = {"attempts": Attempt, "cards": Card, "settings": Setting, "mocks": Mock}


def export(store: Store) -> dict[str, Any]:
    """All tables, with times in ISO format."""
    found: dict[str, Any] = {"format": FORMAT, "version": VERSION, "actfn": __version__}
    with store._session() as session:
        for name, table in _TABLES.items():
            found[name] = [_plain(row) for row in session.scalars(select(table))]
    return found


def _plain(row) -> dict[str, Any]:
    columns = [c.name for c in row.__table__.columns if c.name != "id"]
    values = {name: getattr(row, name) for name in columns}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def restore(store: Store, data: Any) -> dict[str, int]:
    """Add what is not there yet; returns how many rows of each table were added.

    Cards and settings that exist already are replaced only by later ones.

    Raises
    ------
    ValueError
        When this is no export, or one of a later version; nothing is changed then.
    """
    _check(data)
    added = dict.fromkeys(_TABLES, 0)
    with store._session() as session:
        for name, table in _TABLES.items():
            for values in data.get(name, []):
                added[name] += _add(session, table, _typed(table, values))
    return added


def _check(data: Any) -> None:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError("this is no export of actfn: 'actfn export' writes one")
    if data.get("version") != VERSION:
        raise ValueError(
            f"this export has version {data.get('version')!r}; this actfn reads {VERSION}"
        )
    for name in _TABLES:
        rows = data.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"'{name}' of this export is not a list of rows")


def _typed(table, values: dict[str, Any]) -> dict[str, Any]:
    known = {c.name: c for c in table.__table__.columns if c.name != "id"}
    found = {}
    for name, column in known.items():
        if name not in values:
            continue
        value = values[name]
        if column.type.__class__.__name__ == "Moment":
            try:
                value = datetime.fromisoformat(value).astimezone(UTC)
            except (TypeError, ValueError):
                raise ValueError(f"{table.__tablename__}.{name} is no time: {value!r}") from None
        found[name] = value
    return found


def _add(session, table, values: dict[str, Any]) -> int:
    if "key" in table.__table__.columns:
        if "key" not in values:
            raise ValueError(f"a row of {table.__tablename__} has no key")
        present = session.scalar(select(table).where(table.key == values["key"]))
        if present is not None:
            return 0
        session.add(table(**values))
        return 1
    identity = values.get(next(iter(table.__table__.primary_key.columns)).name)
    present = session.get(table, identity)
    if present is not None and table is Card and present.due >= values["due"]:
        return 0
    session.merge(table(**values))
    return int(present is None)

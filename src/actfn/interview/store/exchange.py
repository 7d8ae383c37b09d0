"""Everything as JSON, and back. Importing twice changes nothing: attempts have keys."""

from datetime import UTC, datetime
from typing import Any

from fsrs import Card as State
from sqlalchemy import JSON, inspect, select
from sqlalchemy.exc import DBAPIError

from actfn import __version__
from actfn.interview.store.models import Attempt, Card, Mock, Moment, Setting
from actfn.interview.store.store import Store

FORMAT = "actfn practice"
VERSION = 1
_TABLES = {"attempts": Attempt, "cards": Card, "settings": Setting, "mocks": Mock}
# By what a row is known on every machine.
_KEYS = {"attempts": "key", "cards": "question", "settings": "name", "mocks": "key"}


def export(store: Store) -> dict[str, Any]:
    """All tables, with times in ISO format."""
    found: dict[str, Any] = {"format": FORMAT, "version": VERSION, "actfn": __version__}
    with store.session() as session:
        for name, table in _TABLES.items():
            rows = session.scalars(select(table).order_by(*inspect(table).primary_key))
            found[name] = [_plain(row) for row in rows]
    return found


def _plain(row) -> dict[str, Any]:
    values = {c.name: getattr(row, c.name) for c in _columns(type(row))}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def _columns(table) -> list:
    return [c for c in table.__table__.columns if c.name != "id"]  # differs by machine


def restore(store: Store, data: Any) -> dict[str, int]:
    """Add what is not there yet; returns how many rows of each table were added.

    A card that exists is replaced by one that was reviewed later; a setting that exists stays.

    Raises
    ------
    ValueError
        When this is no export, or one of a later version; nothing is changed then.
    """
    _check(data)
    rows = {
        name: [_typed(name, number, row) for number, row in enumerate(data.get(name, []), 1)]
        for name in _TABLES
    }
    with store.session() as session:
        try:
            return {name: sum(_add(store, session, name, r) for r in rows[name]) for name in rows}
        except DBAPIError as error:
            words = " ".join(str(error.orig).split())
            raise ValueError(f"this export does not fit into the database: {words}") from error


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


def _typed(name: str, number: int, values: dict[str, Any]) -> dict[str, Any]:
    """A row with every value in its column's type; columns of nobody's are left out."""
    found = {}
    for column in _columns(_TABLES[name]):
        where = f"row {number} of '{name}' in this export: '{column.name}'"
        if column.name in values:
            found[column.name] = _value(column, values[column.name], where)
        elif column.default is None:
            raise ValueError(f"{where} is missing")
    if name == "cards":
        _check_state(found["state"], f"row {number} of 'cards' in this export")
    return found


def _value(column, value: Any, where: str) -> Any:
    if isinstance(column.type, Moment):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{where} is no time: {value!r}") from None
    if isinstance(column.type, JSON):
        return value
    wanted = column.type.python_type
    if type(value) is not wanted and not (wanted is float and type(value) is int):
        raise ValueError(f"{where} is {value!r}, which is no {wanted.__name__}")
    return value


def _check_state(state: Any, where: str) -> None:
    try:
        State.from_dict(state)
    except (TypeError, KeyError, ValueError, AttributeError):
        raise ValueError(f"{where}: 'state' is no state of FSRS") from None


def _add(store: Store, session, name: str, values: dict[str, Any]) -> int:
    """Add a row; 1 if it was not there."""
    table, key = _TABLES[name], _KEYS[name]
    values = _defaults(table) | values
    insertion = store.insert(table).values(values).on_conflict_do_nothing(index_elements=[key])
    added = session.scalar(insertion.returning(getattr(table, key))) is not None
    if not added and table is Card and _later(session.get(Card, values[key]), values["state"]):
        store.put(session, Card, key, **values)
    return int(added)


def _defaults(table) -> dict[str, Any]:
    columns = [c for c in _columns(table) if c.default is not None]
    return {c.name: c.default.arg(None) if c.default.is_callable else c.default.arg
            for c in columns}  # fmt: skip


def _later(present: Any, state: Any) -> bool:
    """Whether this state of a card comes from a later review than the present one."""
    ours, theirs = (State.from_dict(s).last_review for s in (present.state, state))
    return theirs is not None and (ours is None or theirs > ours)

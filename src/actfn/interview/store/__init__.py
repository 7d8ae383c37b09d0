"""A person's attempts, cards and settings: SQLite by default, PostgreSQL by URL."""

from actfn.interview.store.places import default_url
from actfn.interview.store.store import Store, open_store

__all__ = ["Store", "default_url", "open_store"]

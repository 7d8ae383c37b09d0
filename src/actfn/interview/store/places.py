"""Where a person's data is."""

import os
from pathlib import Path

from platformdirs import user_data_dir

URL, FOLDER = "ACTFN_DATABASE_URL", "ACTFN_DATA_DIR"


def data_folder() -> Path:
    """$ACTFN_DATA_DIR, or the platform's folder for application data."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen) if chosen else Path(user_data_dir("actfn"))


def default_url() -> str:
    """$ACTFN_DATABASE_URL, or an SQLite file in the data folder."""
    chosen = os.environ.get(URL)
    if chosen:
        # What hosting services hand out names no driver; ours is psycopg 3.
        for prefix in ("postgres://", "postgresql://"):
            if chosen.startswith(prefix):
                return "postgresql+psycopg://" + chosen.removeprefix(prefix)
        return chosen
    return f"sqlite:///{data_folder() / 'practice.db'}"

"""Settings of a project: JSON values by name."""

from __future__ import annotations

import json
from typing import Any

from inspector.project.database import Database


def setting(database: Database, key: str, default: Any = None) -> Any:
    """The value of a setting, `default` if it was never set."""
    text = database.value("SELECT value FROM settings WHERE key = ?", (key,))
    return default if text is None else json.loads(text)


def set_setting(database: Database, key: str, value: Any) -> None:
    """Store a JSON value under `key`.

    Raises:
        TypeError: if `value` can't be written as JSON.
    """
    text = json.dumps(value)
    with database.transaction() as transaction:
        transaction.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (key, text))

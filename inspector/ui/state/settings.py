"""What the application remembers between two starts, in one file of the user's."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from inspector.ui.state.places import settings_file


class Settings:
    """Typed access to the settings file; a value of another type than expected counts as missing."""

    def __init__(self) -> None:
        self._store: QSettings | None = None

    @property
    def _file(self) -> QSettings:
        if self._store is None or self._store.fileName() != str(settings_file()):
            self._store = QSettings(str(settings_file()), QSettings.Format.IniFormat)
        return self._store

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return str(self._file.value(key, default))

    def integer(self, key: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self._file.value(key, default))  # type: ignore[call-overload]
        except (TypeError, ValueError):
            return default

    def listing(self, key: str) -> list[str]:
        """Several texts."""
        value = self._file.value(key, [])
        return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []

    def state(self, key: str) -> QByteArray:
        """The state of a window or splitter, empty if it was never stored."""
        value = self._file.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set(self, key: str, value: Any) -> None:
        """Store a value."""
        self._file.setValue(key, value)


settings = Settings()

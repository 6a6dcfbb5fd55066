"""Which folders lie in what was dropped on a widget."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData


def dropped_folders(data: QMimeData) -> list[str]:
    """The folders dropped, and those in which dropped files lie, each once, in their order."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return list(dict.fromkeys(str(path if path.is_dir() else path.parent) for path in paths))

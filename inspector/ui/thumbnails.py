"""Thumbnails."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Thumbnails(QObject):
    """Placeholder until the real one is there."""

    ready = Signal(int)
    is_busy = False

    def __init__(self, session, parent=None):
        super().__init__(parent)

    def pixmap(self, image_id, size_px):
        return None

    def stop(self):
        pass

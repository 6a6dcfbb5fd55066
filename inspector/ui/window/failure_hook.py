"""An exception that leaves a slot is logged and shown, and the window lives on."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

log = logging.getLogger(__name__)


class FailureHook(QObject):
    """Takes the place of sys.excepthook. `failed` carries the traceback, in the window's thread."""

    failed = Signal(str)
    _caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # The hook is called in the thread where it happened.
        self._caught.connect(self.failed, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch from now on."""
        sys.excepthook = self.on_exception

    def remove(self) -> None:
        """Leave errors to Python again."""
        sys.excepthook = sys.__excepthook__

    def on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log and pass on; Ctrl-C ends the program as ever."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected error: %s", details)
        self._caught.emit(details)

"""What this machine computes with, found out in the background, since asking means importing torch."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from inspector.ui.background.threads import STACK_BYTES

DELAY_MS = 1_200  # the window is drawn and can be used by then


class DeviceProbe(QObject):
    """`found` carries the device in words. So torch is loaded before the first job, too."""

    found = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = _Probe(self)
        self._thread.setStackSize(STACK_BYTES)
        self._thread.found.connect(self.found)
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(lambda: self._thread.start(QThread.Priority.LowPriority))

    def start(self) -> None:
        """Look, a moment from now."""
        self._timer.start()

    def stop(self) -> None:
        """Do not look any more; waits if it is looking."""
        self._timer.stop()
        self._thread.wait()


class _Probe(QThread):
    found = Signal(str)

    def run(self) -> None:
        self.found.emit(device_words())


def device_words() -> str:
    """'RTX A2000, 12 GB', '8 processors' or, where PyTorch can't use it, '8 processors, not the RTX A2000'.

    Imports torch.
    """
    import torch

    from models.system import nvidia

    if torch.cuda.is_available():
        facts = torch.cuda.get_device_properties(0)
        return f"{facts.name}, {facts.total_memory / 2**30:.0f} GB"
    count = os.cpu_count() or 1
    processors = f"{count} processors" if count > 1 else "1 processor"
    driver = nvidia.driver()
    return processors if driver is None else f"{processors}, not the {driver.card}"

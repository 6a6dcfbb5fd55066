"""ImageNet weights that are not on this machine: ask, then fetch them or take a file in a job, then go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from inspector.jobs.pool.imagenet_weights import SIZE_MB, download_weights, keep_weights, stored_weights
from inspector.ui.background.jobs import Job, JobQueue
from inspector.ui.background.worker import Ended

KIND = "weights"
QUESTION = "Starting from ImageNet weights needs a file that is not on this machine yet."
EXPLANATION = (
    f"It holds a ResNet-18 that has learned from photographs, about {SIZE_MB} MB, published with torchvision. It is "
    "kept for later runs. Without a network, choose a copy of resnet18-f37072fd.pth."
)
FILTER = "ResNet-18 weights (*.pth *.safetensors)"


class ImagenetQuestion:
    """Asks over `parent`; nothing is fetched before an answer."""

    def __init__(self, jobs: JobQueue, parent: QWidget) -> None:
        self._jobs, self._parent = jobs, parent
        self._job_id: int | None = None
        self._go_on: Callable[[], object] | None = None
        self.box: QMessageBox | None = None
        jobs.ended.connect(self._on_ended)

    def when_ready(self, go_on: Callable[[], object]) -> None:
        """Call `go_on` now if the weights are there, or once the user has seen to that; never if not."""
        if stored_weights() is not None:
            go_on()
        elif self._jobs.find(KIND) is None:
            self._go_on = go_on
            self._ask()

    def _ask(self) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "ImageNet weights", QUESTION, parent=self._parent)
        box.setInformativeText(EXPLANATION)
        download = box.addButton("Download", QMessageBox.ButtonRole.AcceptRole)
        choose = box.addButton("Choose a file…", QMessageBox.ButtonRole.ActionRole)
        cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        answers = {download: self._download, choose: self._choose}
        box.buttonClicked.connect(lambda pressed: answers.get(pressed, lambda: None)())
        box.finished.connect(lambda _: box.deleteLater())
        self.box = box
        box.open()

    def _download(self) -> None:
        self._submit("downloading", download_weights)

    def _choose(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self._parent, "Choose ImageNet weights", "", FILTER)
        if file:
            self._submit("checking the file", partial(keep_weights, Path(file)))

    def _submit(self, detail: str, start: Callable[[], Iterator[Any]]) -> None:
        self._job_id = self._jobs.submit(Job(KIND, "ImageNet weights", detail, start, "pretrain"))

    def _on_ended(self, job_id: int, ended: Ended) -> None:
        if job_id != self._job_id:
            return
        self._job_id, go_on = None, self._go_on
        if ended.outcome == "finished" and go_on is not None:
            go_on()

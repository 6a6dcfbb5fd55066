"""The whole job on generated samples, done in the window page by page, until it is through or the user takes over.

The person who labels is played by the names of the sample folders, as in `inspector demo --headless`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.ui.background.jobs import SILENT_KINDS, Job
from inspector.ui.state.places import samples_folder
from models.pretraining.config import DEFAULT_METHOD, METHOD_NAMES

if TYPE_CHECKING:
    from inspector.ui.window.main_window import MainWindow
    from inspector.ui.window.workbench import Workbench

LOOK_MS = 50
LABEL_MS = 250  # slow enough to be followed
BANNER = "demo"
STEPS = 7

Condition = Callable[[], bool]


class DemoTour(QObject):
    """`ended` once, with whether it came to its end."""

    ended = Signal(bool)

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window, self._folder = window, folder
        self._bench: Workbench
        self._waits_for: Condition = lambda: True
        self._is_broken = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._on_look)
        self._script = self._steps()

    def start(self) -> bool:
        """Make the project, and begin once it is open; whether it could be made."""
        return self._window.new_project([], self._folder / "project", then=self._begin)

    def stop(self) -> None:
        """Leave the rest to the user. What runs goes on."""
        self._end(is_complete=False)

    def _begin(self) -> None:
        assert self._window.workbench is not None
        self._bench = self._window.workbench
        self._bench.banners.remove_key("made")
        self._bench.jobs.ended.connect(self._on_job_ended)
        self._timer.start()

    @property
    def _is_on_stage(self) -> bool:
        """Whether its own project is still the one in the window."""
        return self._window.workbench is self._bench

    def _steps(self) -> Iterator[Condition]:
        """The script: each item is what must be true before it goes on."""
        from inspector.jobs.demo import EPOCHS, LABELS, PER_CLASS, write_demo_images

        samples, strip = self._folder / "samples", self._folder / "strip"
        self._say(1, "drawing sample images of a steel strip, six kinds of defect")
        detail = f"{6 * PER_CLASS} samples"
        yield self._job(Job("samples", "Drawing", detail, partial(write_demo_images, self._folder), "images"))
        self._say(2, "importing them, without labels")
        self._bench.page("images").open_with([samples])
        yield self._idle
        self._say(3, "pretraining an encoder on them")
        self._bench.go_to("pretrain")
        yield self._job(
            Job(
                "pretrain",
                "Pretraining",
                f"{METHOD_NAMES[DEFAULT_METHOD]}, {EPOCHS} epochs",
                self._pretrain,
                "pretrain",
            )
        )
        yield self._idle
        self._say(4, f"labelling the {LABELS} images that are suggested; the folder names play the person")
        self._bench.go_to("label")
        yield from self._label(LABELS)
        self._say(5, "training a classifier on these labels")
        self._bench.go_to("train")
        yield self._job(Job("train", "Training", "frozen encoder", self._train, "train"))
        self._say(6, "judging it on the images that had no label; now all get theirs, by folder name")
        self._bench.session.apply(self._bench.session.project.label_from_folders())
        self._bench.go_to("evaluate")
        evaluate: Any = self._bench.page("evaluate")
        evaluate.show_basis("since")
        yield self._idle
        self._say(7, "classifying a folder that nothing has seen")
        self._bench.go_to("classify")
        classify: Any = self._bench.page("classify")
        classify.classify_folder(strip)
        yield self._idle

    def _label(self, count: int) -> Iterator[Condition]:
        page: Any = self._bench.page("label")
        session = self._bench.session
        for _ in range(count):
            yield lambda: page.current_image_id is not None and not self._bench.guesses.is_busy
            yield self._pause(LABEL_MS)
            image_id = page.current_image_id
            if image_id is not None:
                page.label_current(session.image(image_id).path.parent.name)
        yield self._pause(4 * LABEL_MS)

    def _pretrain(self) -> Iterator[Any]:
        from inspector.jobs.demo import pretraining
        from inspector.jobs.pretraining.pretrain import pretrain

        yield from pretrain(self._bench.session.project, pretraining(), maps=True)

    def _train(self) -> Iterator[Any]:
        from inspector.jobs.training.train import train
        from inspector.jobs.training.training import TrainRequest

        yield from train(self._bench.session.project, TrainRequest())

    def _job(self, job: Job) -> Condition:
        number = self._bench.jobs.submit(job)
        done: list[int] = []
        self._bench.jobs.ended.connect(lambda job_id, _: done.append(job_id))
        return lambda: number in done

    def _idle(self) -> bool:
        return self._bench.jobs.current is None and not self._bench.jobs.waiting

    def _pause(self, ms: int) -> Condition:
        looks = itertools.count()
        return lambda: next(looks) >= ms // LOOK_MS

    def _say(self, step: int, text: str) -> None:
        self._bench.notify(
            f"Demo, step {step} of {STEPS}: {text}.", action="Take over", on_action=self.stop, key=BANNER
        )

    def _on_look(self) -> None:
        if not self._is_on_stage:
            self._end(is_complete=False)
        elif not self._is_broken and self._waits_for():
            try:
                self._waits_for = next(self._script)
            except StopIteration:
                self._end(is_complete=True)

    def _on_job_ended(self, _job_id: int, ended: Any) -> None:
        last = self._bench.jobs.last
        gave_way = ended.outcome == "cancelled" and last is not None and last.job.kind in SILENT_KINDS
        if ended.outcome != "finished" and not gave_way:
            self._is_broken = True
            self._end(is_complete=False)

    def _end(self, *, is_complete: bool) -> None:
        if not self._timer.isActive():
            return
        self._timer.stop()
        if self._is_on_stage:
            self._bench.banners.remove_key(BANNER)
            if is_complete:
                self._bench.notify(f"The demo is through. All of it lies in {self._folder}.")
        self.ended.emit(is_complete)


def start_demo(window: MainWindow, folder: Path | None = None) -> DemoTour:
    """Begin the demo in a folder of its own, by default where all projects on sample images are made."""
    tour = DemoTour(window, folder or _free_folder(samples_folder()))
    if not tour.start():
        tour.deleteLater()
    return tour


def _free_folder(parent: Path) -> Path:
    names = itertools.chain(["samples"], (f"samples-{number}" for number in itertools.count(2)))
    return next(path for path in (parent / name for name in names) if not path.exists())

"""How far a job is, from its events: share done, rate and time left, as the job strip writes them. Knows no widget."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from inspector.ui.wording import at_start, duration
from models.events import EpochDone, Progress, StepDone

WINDOW = 20  # steps from which a rate is read
SLOWEST_RATE = 0.5  # a second, that is told of: of less none would be left
TEXT_INTERVAL_S = 1.0
ESTIMATING_S = 3.0  # or WINDOW steps, whichever comes first

STAGES = {
    "import": "Reading files",
    "decode": "Decoding",
    "search": "Finding files",
    "folder names": "Folder names",
    "label file": "Label file",
    "texture features": "Texture features",
    "encoder features": "Encoder features",
    "download": "Downloading",
    "features": "Features",
    "classify": "Classifying",
    "evaluate": "Judging",
    "neighbours": "Neighbours",
    "map": "Map",
    "methods": "Methods",
    "head": "Fitting the head",
    "small defects": "Small defects",
    "unusual places": "Unusual places",
    "unusual places: network": "Learning from places",
    "predictions": "Guessing",
    "label curve": "Accuracy against labels",
    "label forecast": "Forecast",
}


@dataclass(frozen=True)
class Shown:
    """What a job strip shows; every text may be empty. `share` is None while the end is unknown.

    A job is at a step of an epoch, or in a stage whose name says what is counted.
    """

    share: float | None = None
    position: str = ""
    step: str = ""
    stage: str = ""
    rate: str = ""
    time_left: str = ""


class JobProgress:
    """Takes events, gives `shown`. Pauses do not count into rates."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque(maxlen=WINDOW + 1)
        self._stage = ""
        self._paused_at: float | None = None
        self._written_at = float("-inf")
        self.shown = Shown()

    def pause(self) -> None:
        """The clock stands still."""
        self._paused_at = self._clock()

    def resume(self) -> None:
        """It goes on."""
        if self._paused_at is not None:
            gap = self._clock() - self._paused_at
            self._marks = deque(((at + gap, done) for at, done in self._marks), maxlen=WINDOW + 1)
            self._paused_at = None

    def take(self, event: Any) -> bool:
        """Take an event in; whether `shown` is another one now."""
        if isinstance(event, StepDone):
            self._advance("steps", event.step)
            position = f"Epoch {event.epoch + 1:,} of {event.epochs:,}"
            rate = f"{event.images_per_second:,.0f} images/s"
            step = f"step {event.step:,} of {event.steps:,}"
            self._show(event.step, event.steps, Shown(position=position, step=step, rate=rate))
            return True
        if isinstance(event, Progress):
            self._advance(event.stage, event.done)
            total = f" of {event.total:,}" if event.total > event.done or event.stage != "search" else ""
            stage = STAGES.get(event.stage, at_start(event.stage))
            is_rated = len(self._marks) > 2 and self._per_second() >= SLOWEST_RATE
            rate = f"{self._per_second():,.0f} {event.unit}/s" if is_rated else ""
            share_total = event.total if event.stage != "search" else 0
            self._show(event.done, share_total, Shown(position=f"{event.done:,}{total}", stage=stage, rate=rate))
            return True
        if isinstance(event, EpochDone) and self._stage != "steps":
            self._advance("epochs", event.epoch)
            self._show(event.epoch, event.epochs, Shown(position=f"Epoch {event.epoch:,} of {event.epochs:,}"))
            return True
        return False

    def _advance(self, stage: str, done: int) -> None:
        if stage != self._stage or (self._marks and done < self._marks[-1][1]):
            self._stage, self._written_at = stage, float("-inf")
            self._marks.clear()
        self._marks.append((self._clock(), done))

    def _per_second(self) -> float:
        (first_at, first), (last_at, last) = self._marks[0], self._marks[-1]
        return (last - first) / max(last_at - first_at, 1e-9)

    def _show(self, done: int, total: int, texts: Shown) -> None:
        rate, time_left = self.shown.rate, self.shown.time_left
        now = self._clock()
        if now - self._written_at >= TEXT_INTERVAL_S or done >= total:
            self._written_at = now
            rate, time_left = texts.rate, self._time_left(done, total)
        self.shown = replace(texts, share=done / total if total else None, rate=rate, time_left=time_left)

    def _time_left(self, done: int, total: int) -> str:
        if not total:
            return ""
        if len(self._marks) < WINDOW and self._marks[-1][0] - self._marks[0][0] < ESTIMATING_S:
            return "estimating"
        rate = self._per_second()
        return f"{duration((total - done) / rate)} left" if rate > 0 else ""

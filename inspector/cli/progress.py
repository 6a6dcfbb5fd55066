"""A job on a terminal: a bar with rate and time left on stderr, notices above it, a clean stop on Ctrl-C."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from inspector.jobs.running.staying_awake import staying_awake

if TYPE_CHECKING:
    from models.events import EpochDone


class _Interrupt:
    """Ctrl-C noted instead of thrown, so that a loop is left between two events and never inside a step."""

    def __init__(self) -> None:
        self.asked = False

    def on_signal(self, *_: object) -> None:
        if self.asked:  # the second time means it
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def _noting_interrupts() -> Iterator[_Interrupt]:
    interrupt = _Interrupt()
    before = signal.signal(signal.SIGINT, interrupt.on_signal)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


def follow(events: Iterable[Any], *, quiet: bool = False) -> Any:
    """Iterate a job to its end and return its last event.

    Args:
        quiet: no bar (notices still reach stderr).

    Raises:
        KeyboardInterrupt: Ctrl-C; the job was closed first, so that it kept what was done.
    """
    last = None
    generator = iter(events)
    is_drawn = not quiet and sys.stderr.isatty()
    with staying_awake(), _noting_interrupts() as interrupt, _Bar(enabled=is_drawn) as bar:
        try:
            for event in generator:
                last = event
                bar.show(event)
                if interrupt.asked:
                    break
        finally:
            close = getattr(generator, "close", None)
            if close is not None:
                close()
    if interrupt.asked:
        raise KeyboardInterrupt
    return last


class _Bar:
    """One tqdm bar at a time, made anew when the stage changes."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._bar: Any = None
        self._stage = ""

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def show(self, event: Any) -> None:
        from models.events import EpochDone, Notice, Progress, StepDone  # brings NumPy, which no parser needs

        if isinstance(event, Notice):
            self._note(("Warning: " if event.warning else "") + event.text)
        elif self._enabled and isinstance(event, Progress):
            self._advance(event.stage, event.done, event.total, event.unit)
        elif self._enabled and isinstance(event, StepDone):
            self._advance("learning", event.step, event.steps, "steps")
            self._bar.set_postfix_str(
                f"epoch {event.epoch + 1}, loss {event.loss:.3f}, {event.images_per_second:.0f} images/s", refresh=False
            )
        elif self._enabled and isinstance(event, EpochDone) and "knn_accuracy" in event.metrics:
            self._note(_looked(event))

    def _note(self, text: str) -> None:
        if self._bar is not None:
            self._bar.write(text, file=sys.stderr)
        else:
            print(text, file=sys.stderr)

    def _advance(self, stage: str, done: int, total: int, unit: str) -> None:
        if self._bar is None or stage != self._stage:
            from tqdm import tqdm

            self._close()
            self._stage = stage
            self._bar = tqdm(
                total=total,
                desc=stage,
                unit=f" {unit}",
                file=sys.stderr,
                initial=done,  # what an earlier call did took none of this one's time
                miniters=1,  # without it a first large step teaches tqdm to wait for another as large
                dynamic_ncols=True,
            )
        self._bar.total = total
        self._bar.update(done - self._bar.n)


def _looked(event: EpochDone) -> str:
    metrics = event.metrics
    return (
        f"Epoch {event.epoch} of {event.epochs}: kNN {metrics['knn_accuracy']:.1%} on {metrics['knn_images']:.0f} "
        f"labelled images, effective rank {metrics['effective_rank']:.1f}"
    )

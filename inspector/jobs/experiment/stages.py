"""Generators inside generators: a stage's result, with or without its own progress."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from models.events import Notice, Progress, StepDone


def returned(events: Iterator[Any]) -> Any:
    """Exhaust a stage and give back what it returns."""
    while True:
        try:
            next(events)
        except StopIteration as stop:
            return stop.value


def ticking(events: Iterator[Any], tick: Progress) -> Generator[Progress, None, Any]:
    """The same, with `tick` for each event of the stage, so that a caller can stop in between."""
    while True:
        try:
            next(events)
        except StopIteration as stop:
            return stop.value
        yield tick


def shown(events: Iterator[Any]) -> Generator[Any, None, Any]:
    """Pass on a job's progress and warnings; returns its last event, which is its result."""
    last = None
    for event in events:
        last = event
        if isinstance(event, Progress | StepDone) or (isinstance(event, Notice) and event.warning):
            yield event
    return last

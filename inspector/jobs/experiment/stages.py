"""Jobs inside a job: what of theirs is passed on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from models.events import Notice, Progress, StepDone


def shown(events: Iterator[Any]) -> Generator[Any, None, Any]:
    """Pass on a job's progress and warnings; returns its last event, which is its result."""
    last = None
    for event in events:
        last = event
        if isinstance(event, Progress | StepDone) or (isinstance(event, Notice) and event.warning):
            yield event
    return last

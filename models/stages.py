"""Generators inside generators: what a stage returns, with or without a tick for each of its events."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")
Tick = TypeVar("Tick")


def returned(events: Generator[Any, None, T]) -> T:
    """Exhaust a stage and give back what it returns."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value


def ticking(events: Generator[Any, None, T], tick: Tick) -> Generator[Tick, None, T]:
    """The same, with `tick` for each event of the stage, so that a caller can stop in between."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value
        yield tick

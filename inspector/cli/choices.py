"""Argument types that several commands share; what they refuse is wrong usage, and the message says what is wanted."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Number = TypeVar("Number", int, float)


def positive_int(text: str) -> int:
    """A whole number above 0."""
    return _number(text, int, lambda value: value > 0, "a whole number above 0")


def positive_float(text: str) -> float:
    """A finite number above 0."""
    return _number(text, float, lambda value: 0 < value < math.inf, "a number above 0")


def share(text: str) -> float:
    """A number above 0 and at most 1."""
    return _number(text, float, lambda value: 0 < value <= 1, "a number above 0 and at most 1")


def partial_share(text: str) -> float:
    """A number between 0 and 1, neither of them."""
    return _number(text, float, lambda value: 0 < value < 1, "a number above 0 and below 1")


def probability(text: str) -> float:
    """A number from 0 to 1."""
    return _number(text, float, lambda value: 0 <= value <= 1, "a number from 0 to 1")


def seed(text: str) -> int:
    """What every random generator in use takes."""
    return _number(text, int, lambda value: 0 <= value < 2**32, "a whole number from 0 to 4294967295")


def path(text: str) -> Path:
    """A path. An empty one, mostly a shell variable that is not set, would mean the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty; name a path, '.' for the current folder")
    return Path(text)


def _number(text: str, kind: Callable[[str], Number], is_wanted: Callable[[Number], bool], wanted: str) -> Number:
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not is_wanted(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
    return value

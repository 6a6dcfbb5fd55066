"""Where a plot's axes begin and end and where their ticks stand. Plain numbers; knows no widget."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
INTERVALS = 4  # at most, between ticks
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Span:
    """From the lowest to the highest value of an axis."""

    low: float
    high: float

    @property
    def length(self) -> float:
        """High minus low."""
        return self.high - self.low


def nice_step(length: float, *, intervals: int = INTERVALS, whole: bool = False) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten of which `intervals` cover `length`; `whole`: an integer."""
    if length <= 0:
        return 1.0
    least = length / intervals
    power = 10.0 ** math.floor(math.log10(least))
    steps = (factor * power for factor in (*NICE, *(10 * factor for factor in NICE)))
    return next(step for step in steps if step >= least * (1 - 1e-9) and (not whole or step == int(step) >= 1))


def nice_span(low: float, high: float) -> Span:
    """The span around two values that begins and ends on a tick."""
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-12):
        room = abs(high) / 2 or 0.5
        low, high = low - room, high + room
    # Rounding outwards can add an interval, and with it another step.
    step = nice_step(high - low, intervals=INTERVALS - 1)
    return Span(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)


def widened(span: Span | None, values: Iterable[float]) -> Span | None:
    """The span that also holds the finite ones of `values`: it never shrinks, and stays as it is if they fit."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return span
    low, high = min(finite), max(finite)
    if span is None:
        return nice_span(low, high)
    if span.low <= low and high <= span.high:
        return span
    return nice_span(min(span.low, low), max(span.high, high))


def ticks(span: Span, *, whole: bool = False, intervals: int = INTERVALS) -> list[float]:
    """The ticks' values, lowest first."""
    step = nice_step(span.length, whole=whole, intervals=intervals)
    first = math.ceil(span.low / step - 1e-9)
    last = math.floor(span.high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def exponent(span: Span) -> int:
    """The power of ten that is taken out of the tick texts and written once: 0 for handy numbers."""
    largest = max(abs(span.low), abs(span.high))
    if largest == 0 or 0.01 <= largest < 10_000:
        return 0
    return math.floor(math.log10(largest) + 1e-9)


def tick_texts(values: list[float], power: int = 0) -> list[str]:
    """The values as the axis writes them, all with the same number of decimals."""
    scaled = [value / 10.0**power for value in values]
    decimals = next(d for d in range(8) if d == 7 or all(abs(v - round(v, d)) < 1e-6 for v in scaled))
    return [f"{0.0 if abs(value) < 1e-9 else value:,.{decimals}f}" for value in scaled]


def power_text(power: int) -> str:
    """'× 10⁻³'."""
    return f"× 10{str(power).translate(SUPERSCRIPTS)}" if power else ""

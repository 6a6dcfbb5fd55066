"""Numbers, times and counts as the window writes them. Knows no widget."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

DIGITS_FROM = 300  # images from which a share is written with three digits
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


def count(number: int, noun: str, plural: str | None = None) -> str:
    """'1 image', '1,800 images'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def without_mnemonic(text: str) -> str:
    """A text that may hold a name, for a button or a menu: there a single & marks the letter after it, and is gone."""
    return text.replace("&", "&&")


def number_word(number: int) -> str:
    """'Six' at the beginning of a sentence, digits above twelve."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def share(value: float, images: int | None = None) -> str:
    """A proportion with the digits that so many images support: '0.94', '0.942' from 300 images on."""
    return f"{value:.3f}" if images is not None and images >= DIGITS_FROM else f"{value:.2f}"


def interval(limits: Sequence[float]) -> str:
    """'[0.91–0.96]'."""
    return f"[{limits[0]:.2f}–{limits[1]:.2f}]"


def per_cent(value: float, digits: int = 0) -> str:
    """0.718 as '72 %'."""
    return f"{100 * value:.{digits}f} %"


def duration(seconds: float) -> str:
    """'4 min 36 s', '12 s', '2 h 5 min'."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def rough_duration(seconds: float) -> str:
    """For what is only estimated: 'under a minute', 'about 6 min', 'about 2 h'."""
    if seconds < 45:
        return "under a minute"
    if seconds < 90 * 60:
        return f"about {max(1, round(seconds / 60))} min"
    return f"about {seconds / 3600:.1f}".removesuffix(".0") + " h"


def age(iso: str, now: datetime | None = None) -> str:
    """How long ago a UTC time in ISO 8601 was: 'just now', '12 min ago', '3 h ago', 'yesterday', '14 Nov'."""
    then = datetime.fromisoformat(iso)
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    now = now or datetime.now(UTC)
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    days = (now.astimezone().date() - then.astimezone().date()).days
    if days == 0 or seconds < 6 * 3600:
        return f"{int(seconds // 3600)} h ago"
    if days == 1:
        return "yesterday"
    local = then.astimezone()
    same_year = local.year == now.astimezone().year
    return f"{local.day} {local:%b}" if same_year else f"{local.day} {local:%b %Y}"


def listing(names: Sequence[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join(names) if len(names) < 3 and last == "and" else _long_listing(names, last)


def _long_listing(names: Sequence[str], last: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """For sorting names so that 'coil 9' comes before 'coil 10'."""
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def at_start(words: str) -> str:
    """As a sentence begins; `str.capitalize` would make 'Imagenet' of 'ImageNet'."""
    return words[:1].upper() + words[1:]

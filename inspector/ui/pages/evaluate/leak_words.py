"""What a user reads where figures are withheld. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.ui.wording import count

if TYPE_CHECKING:
    from inspector.jobs.evaluation.leaks import LeaksFound

NAMED = 3


def leak_words(found: LeaksFound) -> str:
    """'Withheld: 2 of 30 new images resemble trained ones: a.png like b.png, c.png like d.png.'"""
    pairs = [f"{leak.measured.name} like {leak.seen.name}" for leak in found.leaks[:NAMED]]
    more = [f"and {len(found.leaks) - NAMED:,} more"] if len(found.leaks) > NAMED else []
    images = count(found.measured, "new image")
    return f"Withheld: {len(found.leaks):,} of {images} resemble trained ones: {', '.join([*pairs, *more])}."

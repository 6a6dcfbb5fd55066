"""What a user reads where figures are withheld. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.ui.wording import count

if TYPE_CHECKING:
    from inspector.jobs.leaks import LeaksFound

NAMED = 3


def leak_words(found: LeaksFound) -> str:
    """'2 of 30 images resemble trained ones (a.png like b.png, ...), so no figures on new labels are shown.'"""
    pairs = [f"{leak.measured.name} like {leak.seen.name}" for leak in found.leaks[:NAMED]]
    more = [f"and {len(found.leaks) - NAMED:,} more"] if len(found.leaks) > NAMED else []
    return (
        f"{len(found.leaks):,} of {count(found.measured, 'image')} resemble what run {found.run} has learned from "
        f"({', '.join([*pairs, *more])}): figures on new labels are withheld."
    )

"""What a user reads of groups by path. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from inspector.ui.wording import count, listing

if TYPE_CHECKING:
    from inspector.jobs.grouping.find_groups import GroupsFinished
    from inspector.jobs.grouping.pattern_offers import Offer
    from inspector.jobs.grouping.pattern_preview import PatternPreview

NAMED = 3


def sizes(preview: PatternPreview) -> str:
    """'41 groups of 12 to 300 images'."""
    groups = count(preview.groups, "group")
    if preview.smallest == preview.largest:
        return f"{groups} of {count(preview.largest, 'image')}{' each' if preview.groups > 1 else ''}"
    return f"{groups} of {preview.smallest:,} to {count(preview.largest, 'image')}"


def example(offer: Offer) -> str:
    """'coil12/cam1_0003.png: by coil12 (41 groups of 12 to 300 images)'."""
    shown = offer.preview.examples[0]
    return f"{shown.paths[0]}: by {shown.key} ({sizes(offer.preview)})"


def names(paths: Sequence[str]) -> str:
    """Paths with their folder where it is another than that of the one before: 'coil12/1.png, 2.png'."""
    folders = [path.rpartition("/")[0] for path in paths]
    is_same = [False, *(one == other for one, other in pairwise(folders))]
    return ", ".join(path.rpartition("/")[2] if same else path for path, same in zip(paths, is_same, strict=True))


def unmatched(preview: PatternPreview) -> str:
    """How many images the pattern does not match; empty if it matches all."""
    if not preview.unmatched:
        return ""
    return f"{count(preview.unmatched, 'image')} match{'es' if preview.unmatched == 1 else ''} nothing and stand" + (
        "s alone." if preview.unmatched == 1 else " alone."
    )


def caution(preview: PatternPreview) -> str:
    """Why these groups may not be what is wanted; empty if nothing speaks against them."""
    if preview.largest == 1:
        return "Every group is a single image, so that nothing is kept together."
    if preview.whole_classes:
        names = _shortened(preview.whole_classes)
        return f"All labels of {names} lie in one group{_each(preview.whole_classes)}, so that none could be held out."
    return ""


def applied(finished: GroupsFinished) -> str:
    """What was done."""
    if finished.pattern is None:
        return "Images are grouped by path no more; near-duplicates stay together."
    grouped = sum(map(len, finished.groups))
    return (
        f"{grouped:,} of {count(finished.images, 'image')} lie in {count(len(finished.groups), 'group')}; each stays "
        "together in every split and fold."
    )


def straddling(names: Sequence[str]) -> str:
    """Which groups lie on both sides of the split, by name."""
    lie = "group lies" if len(names) == 1 else "groups lie"
    return f"Figures are withheld: {len(names):,} {lie} on both sides of the split ({_shortened(names)})."


def _each(names: Sequence[str]) -> str:
    return " each" if len(names) > 1 else ""


def _shortened(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return listing([*names[:NAMED], *([f"{more:,} more"] if more > 0 else [])])

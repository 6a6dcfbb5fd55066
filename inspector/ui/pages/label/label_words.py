"""What the label page says."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.jobs.guesses import Estimate
from inspector.ui.wording import count, interval, share

FILE_ORDER = "in file order, until suggestions are there"
LEFT_OVER = "one of the images that no suggestion is left for"
CHOSEN = "chosen by you"


def state_sentence(labelled: int, total: int, position: int | None = None) -> str:
    """'30 of 1,800 labelled, image 31 of the queue'."""
    if not total:
        return ""
    place = "" if position is None else f", image {position + 1:,} of the queue"
    return f"{labelled:,} of {total:,} labelled{place}"


def reason_sentence(reason: str) -> str:
    """A reason as a sentence: 'Stands for a group of 212 images not labelled yet.'"""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""


def rarest_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Classes with their counts, fewest first, else in their order."""
    return sorted(counts.items(), key=lambda item: item[1])


def rarest_class(counts: Mapping[str, int]) -> str | None:
    """The class that more labels would help most; None while all have about as many."""
    if len(counts) < 2:
        return None
    (name, fewest), *_, (_, most) = rarest_first(counts)
    return name if most > 0 and 2 * fewest <= most else None


def nudge(class_name: str, labelled: int, guessed: int) -> str:
    """Why the rarest class deserves the next labels; `guessed` images without a label are guessed to be it."""
    have = f"{class_name} has no label yet" if not labelled else f"{class_name} has the fewest, {labelled}"
    return f"{have}. {count(guessed, 'image')} may be of it." if guessed else f"{have}."


def estimate_sentence(estimate: Estimate | None) -> str:
    """How good guesses are, as far as the labels say; empty while nothing can be said."""
    if estimate is None:
        return ""
    limits = interval((estimate.low, estimate.high))
    return f"Guesses right {share(estimate.accuracy, estimate.n)} {limits}: each label by the others, n = {estimate.n}"


def lasso_heading(total: int, ticked: int) -> tuple[str, str]:
    """'211 in the lasso' and '2 unticked'."""
    left_out = total - ticked
    return f"{total:,} in the lasso", f"{left_out:,} unticked" if left_out else ""


def label_many(number: int, class_name: str) -> str:
    """'Label 209 as Rolled-in scale'."""
    return f"Label {number:,} as {class_name}"


def labelled_many(number: int, class_name: str) -> str:
    """What a toast says of it."""
    return f"Labelled {count(number, 'image')} as {class_name}"

"""What is proposed for images that were encircled on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inspector.jobs.guesses import Guesses

NOT_GUESSED = -1.0  # stands before every confidence


@dataclass(frozen=True)
class LassoChoice:
    """Images in the lasso, the least sure of those without a label first and labelled ones last.

    Attributes:
        ticked: those to label: the ones without a label.
        class_name: the class that most of the ticked are guessed to be, None without guesses.
        guessed: how many of the ticked are guessed to be it.
    """

    image_ids: tuple[int, ...] = ()
    ticked: tuple[int, ...] = ()
    class_name: str | None = None
    guessed: int = 0


def lasso_choice(image_ids: Sequence[int], labels: Mapping[int, str], guesses: Guesses | None) -> LassoChoice:
    """Order the encircled images and propose a class for those without a label."""
    free = [image_id for image_id in image_ids if image_id not in labels]
    labelled = [image_id for image_id in image_ids if image_id in labels]
    best = best_guesses(free, guesses)
    free.sort(key=lambda image_id: best.get(image_id, ("", NOT_GUESSED))[1])
    counted = Counter(name for name, _ in best.values()).most_common(1)
    class_name, guessed = counted[0] if counted else (None, 0)
    return LassoChoice((*free, *labelled), tuple(free), class_name, guessed)


def best_guesses(image_ids: Sequence[int], guesses: Guesses | None) -> dict[int, tuple[str, float]]:
    """(class, probability) of the likeliest guess by image id, of those images that something is guessed of."""
    if guesses is None or not len(image_ids) or not len(guesses.image_ids):
        return {}
    wanted = np.asarray(image_ids, dtype=np.int64)
    rows = np.minimum(np.searchsorted(guesses.image_ids, wanted), len(guesses.image_ids) - 1)
    index, confidence = guesses.best()
    known = guesses.image_ids[rows] == wanted
    return {
        int(image_id): (guesses.classes[int(index[row])], float(confidence[row]))
        for image_id, row in zip(wanted[known], rows[known], strict=True)
    }


def guessed_as(class_name: str, labels: Mapping[int, str], guesses: Guesses | None, *, count: int) -> list[int]:
    """Up to `count` images without a label that are guessed to be a class, the surest first."""
    if guesses is None or class_name not in guesses.classes:
        return []
    column = list(guesses.classes).index(class_name)
    index, confidence = guesses.best()
    rows = np.flatnonzero(index == column)
    ordered = guesses.image_ids[rows[np.argsort(-confidence[rows], kind="stable")]].tolist()
    return [image_id for image_id in ordered if image_id not in labels][:count]

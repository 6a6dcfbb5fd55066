"""What lies in a lasso, in the order in which a person should look at it. Knows no widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inspector.jobs.labelling.guesses import Guesses


@dataclass(frozen=True)
class LassoContent:
    """Image ids, least sure first; those to be ticked; the class that most of them seem to be."""

    image_ids: tuple[int, ...] = ()
    ticked: tuple[int, ...] = ()
    class_name: str | None = None
    guessed: int = 0  # images guessed as that class


def lasso_content(image_ids: Sequence[int], guesses: Guesses | None, labels: Mapping[int, str]) -> LassoContent:
    """Sort what was lassoed. Images with a label, or guessed as another class, are not ticked."""
    guessed = best_guesses(image_ids, guesses)
    unknown = ("", 0.0)
    names = Counter(labels.get(image_id) or guessed.get(image_id, unknown)[0] for image_id in image_ids)
    names.pop("", None)
    class_name = names.most_common(1)[0][0] if names else None
    ordered = sorted(image_ids, key=lambda image_id: (image_id in labels, guessed.get(image_id, unknown)[1]))
    ticked = tuple(i for i in ordered if i not in labels and guessed.get(i, unknown)[0] in ("", class_name))
    alike = sum(1 for name, _ in guessed.values() if name == class_name)
    return LassoContent(tuple(ordered), ticked, class_name, alike)


def best_guesses(image_ids: Sequence[int], guesses: Guesses | None) -> dict[int, tuple[str, float]]:
    """(class, probability) of the likeliest guess by image id, of those images that something is guessed of."""
    if guesses is None or not len(image_ids) or not len(guesses.image_ids):
        return {}
    wanted = np.asarray(image_ids, dtype=np.int64)
    rows = np.minimum(np.searchsorted(guesses.image_ids, wanted), len(guesses.image_ids) - 1)
    known = guesses.image_ids[rows] == wanted
    index, confidence = guesses.best()
    found = rows[known]
    names = (guesses.classes[k] for k in index[found].tolist())
    return dict(zip(wanted[known].tolist(), zip(names, confidence[found].tolist(), strict=True), strict=True))


def guessed_as(class_name: str, labels: Mapping[int, str], guesses: Guesses | None, *, count: int) -> list[int]:
    """Up to `count` images without a label that are guessed to be a class, the surest first."""
    if guesses is None or class_name not in guesses.classes:
        return []
    index, confidence = guesses.best()
    rows = np.flatnonzero(index == list(guesses.classes).index(class_name))
    ordered = guesses.image_ids[rows[np.argsort(-confidence[rows], kind="stable")]].tolist()
    return [image_id for image_id in ordered if image_id not in labels][:count]

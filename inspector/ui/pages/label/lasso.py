"""What lies in a lasso, in the order in which a person should look at it. Knows no widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.jobs.guesses import Guesses


@dataclass(frozen=True)
class LassoContent:
    """Image ids, least sure first; those to be ticked; the class that most of them seem to be."""

    image_ids: tuple[int, ...]
    ticked: tuple[int, ...]
    class_name: str | None
    guessed: int  # images guessed as that class


def lasso_content(image_ids: Sequence[int], guesses: Guesses | None, labels: Mapping[int, str]) -> LassoContent:
    """Sort what was lassoed. Images with a label, or guessed as another class, are not ticked."""
    guessed = {image_id: _best(guesses, image_id) for image_id in image_ids}
    names = Counter(labels.get(image_id) or guessed[image_id][0] for image_id in image_ids)
    names.pop("", None)
    class_name = names.most_common(1)[0][0] if names else None
    ordered = sorted(image_ids, key=lambda image_id: (image_id in labels, guessed[image_id][1]))
    ticked = tuple(i for i in ordered if i not in labels and guessed[i][0] in ("", class_name))
    return LassoContent(
        tuple(ordered), ticked, class_name, sum(1 for name, _ in guessed.values() if name and name == class_name)
    )


def _best(guesses: Guesses | None, image_id: int) -> tuple[str, float]:
    found = None if guesses is None else guesses.of(image_id)
    return found[0] if found else ("", 0.0)

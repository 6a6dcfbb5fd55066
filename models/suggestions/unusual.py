"""Which images of a mostly plain pool most likely show a defect: the unusual ones, and not the same twice.

N images, D features of the most unusual place of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from models.classification.heads import fit_lda
from models.classification.propagate import nearest_cosine
from models.small_defects.background import background_class
from models.suggestions.suggest import Suggestion

FAR_OUT = 3.0  # deviations of the calmer half of a pool above its median, from which on an image stands out
# Share of images that do, from which on they may be worth looking for. Textures on every image (NEU) have 2.3 to 5.0 %,
# by how long the detector was trained; images without a defect 1.1 %, with a defect in 5 % of them 5.4 %.
LEAST_FAR_OUT = 0.03
LEAST_CALM = 6  # labels of images that do not stand out, which tell what the pool is like
PLAIN_SHARE = 0.6  # of these labels that are defect-free, from which on the pool is mostly plain
UNUSUAL_SHARE = 0.9  # of an `auto` list in such a pool
FIRST_SHARE = 0.5  # of one in a pool that may be such, at most
LEAST_LABELS = 3  # with and without a defect, from which on they say what is unusual
REPEATED = 0.3  # deviations of the score that a candidate loses at cosine 1 to one chosen before
FAMILIAR = 1.5  # the same for likeness to a place that was labelled defect-free
VERTICAL, HORIZONTAL = ("upper", "", "lower"), ("left", "", "right")


@dataclass(frozen=True)
class UnusualPool:
    """How unusual each image is, and what its most unusual place is like.

    Attributes:
        scores: (N,) logit of an anomaly at that place.
        features: (N, D) of it.
        positions: (N, 2) of it, down and right, each as a share of the image's side.
    """

    scores: np.ndarray
    features: np.ndarray
    positions: np.ndarray

    @property
    def has_rare_ones(self) -> bool:
        """Whether some images stand out from the others."""
        return float(self._stand_out().mean()) >= LEAST_FAR_OUT

    def wanted(self, strategy: str, count: int, labelled: np.ndarray, labels: np.ndarray) -> int:
        """How many of `count` suggestions by a strategy are to be unusual ones, with labels (n,) at `labelled` (n,).

        In `auto` that is told by the labels of images that do not stand out: nearly all are defect-free where a few
        images show a small defect, and of every class where all show a texture, some of which are rougher than others.
        The scores alone cannot tell these apart. So what is missing of LEAST_CALM such labels is asked for first, and
        where some images stand out, half of a longer list is unusual, unless the labels already are of many classes.
        """
        if strategy != "auto":
            return count if strategy == "unusual" else 0
        is_calm = ~self._stand_out()[labelled]
        calm = np.count_nonzero(is_calm)
        missing = max(LEAST_CALM - calm, 0)
        most_plain = np.bincount(labels[is_calm], minlength=1).max() + missing
        if most_plain < PLAIN_SHARE * (calm + missing):
            return 0
        if missing:
            return min(round(FIRST_SHARE * count), max(count - missing, 0)) if self.has_rare_ones else 0
        is_plain = self._is_plain(labelled, labels)[is_calm]
        return round(UNUSUAL_SHARE * count) if is_plain.mean() >= PLAIN_SHARE else 0

    def suggest(self, labelled: np.ndarray, labels: np.ndarray, avoided: np.ndarray, count: int) -> list[Suggestion]:
        """Up to `count` images that most likely show a defect, the likeliest first, unlike each other.

        Args:
            labelled: positions with a label (n,), and the class indices `labels` (n,).
            avoided: positions not to suggest.
        """
        unit = self._unit_features()
        score = self._score(unit, labelled, self._is_plain(labelled, labels))
        score[avoided] = -np.inf
        chosen: list[Suggestion] = []
        while len(chosen) < count and np.isfinite(score).any():
            best = int(score.argmax())
            chosen.append(Suggestion(best, f"unusual {self.where(best)}", "unusual", (best,)))
            score = score - REPEATED * np.clip(unit @ unit[best], 0, None) ** 2
            score[best] = -np.inf
        return chosen

    def where(self, position: int) -> str:
        """Where the most unusual place of an image lies, in words: 'at the lower left', 'in the middle'."""
        down, right = (min(int(3 * share), 2) for share in self.positions[position])
        words = " ".join(word for word in (VERTICAL[down], HORIZONTAL[right]) if word)
        return f"at the {words}" if words else "in the middle"

    def _stand_out(self) -> np.ndarray:
        """Which images (N,) lie far above the median, in deviations of the calmer half."""
        median, low = np.quantile(self.scores, [0.5, 0.16])  # a deviation below the median
        return self.scores > median + FAR_OUT * (median - low)

    def _is_plain(self, labelled: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Which of the labels (n,) are of the defect-free class; with labels of one class alone, none or all."""
        classes = int(labels.max(initial=-1)) + 1
        if len(np.unique(labels)) < 2:  # few have an unusual place, so what was met so often is most likely none
            return np.full(len(labels), len(labels) >= LEAST_LABELS)
        plain = background_class(labels, self.scores[labelled], classes)
        return labels == (-1 if plain is None else plain)

    def _score(self, unit: np.ndarray, labelled: np.ndarray, is_plain: np.ndarray) -> np.ndarray:
        """How likely each image shows a defect (N,), in deviations of the pool."""
        score = _standard(self.scores)
        plain, others = labelled[is_plain], labelled[~is_plain]
        if len(plain):
            score = score - FAMILIAR * np.clip(nearest_cosine(unit, unit[plain]), 0, None) ** 2
        if min(len(plain), len(others)) >= LEAST_LABELS:
            known = np.concatenate([plain, others])
            kind = np.repeat([0, 1], [len(plain), len(others)])
            logits = fit_lda(unit[known], kind, 2, prior=np.array([0.5, 0.5])).logits(unit)
            score = score + _standard(logits[:, 1] - logits[:, 0])
        return score

    def _unit_features(self) -> np.ndarray:
        centred = (self.features - self.features.mean(0)) / np.maximum(self.features.std(0), 1e-6)
        return (centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def joined(unusual: list[Suggestion], others: list[Suggestion]) -> list[Suggestion]:
    """One list of both: the unusual ones first where they are most of it.

    Where they are not, LEAST_CALM others come first, whose labels tell what the pool is like, and the rest by turns.
    """
    if len(unusual) > len(others) + 1:
        return unusual + others
    by_turns = zip_longest(unusual, others[LEAST_CALM:])
    return others[:LEAST_CALM] + [suggestion for pair in by_turns for suggestion in pair if suggestion is not None]


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / max(float(values.std()), 1e-9)

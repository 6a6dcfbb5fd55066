"""Which labels a fine-tuned network is judged by: folds of all where they are few, a fifth where there are many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.classification.classifier import stratified_folds
from models.evaluation.group_folds import group_folds
from models.finetuning.finetune import Parts, stratified_parts

FOLDS = 3
MOST_FOLDED = 300  # labels; a fifth of more is enough to judge by, and folds would take four times as long
WATCHED = 0.2


@dataclass(frozen=True)
class JudgingParts:
    """Parts whose tests together are the labels that fine-tuning is judged by.

    Attributes:
        parts: one where a fifth of the labels judges, else one a fold.
        final: of the network that is kept; its test is empty where folds have judged already.
    """

    parts: tuple[Parts, ...]
    final: Parts

    @property
    def are_folds(self) -> bool:
        """Whether a network of its own is trained to judge each part, beside the one that is kept."""
        return len(self.parts) > 1


def judging_parts(labels: np.ndarray, *, groups: np.ndarray | None = None, seed: int = 0) -> JudgingParts:
    """Divide labels (n,) so that fine-tuning can be judged; no group (n,) lies on both sides.

    A fifth judges where there are many labels, and where groups leave a fold without a class.

    Raises:
        KnownError: a class has fewer than three labels, or can't be cut into three without cutting a group.
    """
    single = stratified_parts(labels, groups=groups, seed=seed)
    if len(labels) <= MOST_FOLDED:
        folds = stratified_folds(labels, most=FOLDS, seed=seed, groups=groups)
        tests = [np.flatnonzero(folds == fold) for fold in range(FOLDS)]
        *parts, final = [_around(test, labels, groups, seed) for test in [*tests, np.zeros(0, dtype=np.int64)]]
        if all(_can_train(part, labels) for part in [*parts, final]):
            return JudgingParts(tuple(parts), final)
    return JudgingParts((single,), single)


def _around(test: np.ndarray, labels: np.ndarray, groups: np.ndarray | None, seed: int) -> Parts:
    """Indices `test` (m,) judge; of the others a fifth of each class (at least one) stops, and the rest trains.

    Where some share a group it is a fold of them by groups that stops.
    """
    others = np.setdiff1d(np.arange(len(labels)), test)
    if groups is not None and len(np.unique(groups)) < len(labels):
        watched = group_folds(labels[others], groups[others], most=FOLDS, seed=seed) == 0
    else:
        watched = np.zeros(len(others), dtype=bool)
        rng = np.random.default_rng(seed)
        for k in np.unique(labels):
            members = rng.permutation(np.flatnonzero(labels[others] == k))
            watched[members[: max(1, round(WATCHED * len(members)))]] = True
    return Parts(others[~watched], others[watched], test)


def _can_train(parts: Parts, labels: np.ndarray) -> bool:
    """Whether each class is there to train on and to stop by."""
    classes = len(np.unique(labels))
    return all(len(np.unique(labels[part])) == classes for part in (parts.train, parts.validation))

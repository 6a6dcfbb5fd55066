"""How the classifier did when it had fewer of the labels at hand: what a forecast for more of them stands on.

The labels are dealt into quarters that keep the classes' shares. Heads are fitted by the rule that training chose, on
each quarter and on four of the halves, and each is judged on the labels that it had not. n labels of K classes.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from models.classification.classifier import stratified_folds
from models.classification.labelled_pool import LabelledPool, Rule
from models.evaluation.evaluate import confusion_matrix
from models.events import Progress
from models.forecasting.label_forecast import CurveStep

QUARTERS = 4
LEARNED_FROM = (((0,), (1,), (2,), (3,)), ((0, 1), (2, 3), (0, 2), (1, 3)))


def subsampled(
    pool: LabelledPool, rule: Rule, *, groups: np.ndarray, seed: int = 0
) -> Generator[Progress, None, list[CurveStep]]:
    """Fit on quarters and on halves of the labels; returns a step for each that some label was left to judge by.

    Args:
        groups: (n,) of the labels; what is of one group with a label that was learned from judges nothing.
    """
    quarter = stratified_folds(pool.labels, most=QUARTERS, seed=seed, groups=groups)
    rng = np.random.default_rng(seed)
    steps, done, total = [], 0, sum(len(parts) for parts in LEARNED_FROM)
    for parts in LEARNED_FROM:
        sizes, confusion = [], np.zeros((len(pool.classes), len(pool.classes)), dtype=np.int64)
        for part in parts:
            learned = _with_every_class(np.isin(quarter, (*part, -1)), pool.labels, rng)
            judged = np.flatnonzero(~np.isin(groups, groups[learned]))
            if len(judged):
                head = pool.fit(rule, np.flatnonzero(learned), held_out=judged)
                answers = head.logits(pool.features[pool.positions[judged]]).argmax(1)
                confusion += confusion_matrix(pool.labels[judged], answers, len(pool.classes))
                sizes.append(np.count_nonzero(learned))
            done += 1
            yield Progress("label forecast", done, total, "heads")
        if sizes:
            steps.append(CurveStep(float(np.mean(sizes)), confusion))
    return steps


def _with_every_class(learned: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The mask (n,) with a label more of each class that it has none of."""
    learned = learned.copy()
    for k in np.setdiff1d(labels, labels[learned]):
        learned[rng.choice(np.flatnonzero(labels == k))] = True
    return learned

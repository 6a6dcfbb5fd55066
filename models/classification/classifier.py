"""A linear classifier on frozen features: which head suits these labels, how good it is, how sure it may be.

The rule is chosen by out-of-fold figures among few: labels alone or propagated over the unlabelled images, with equal
class shares or those of the labels. n labelled images of N in the pool, D features, K classes.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.classification.comparison import Candidates, Comparison, compare
from models.classification.heads import LinearHead
from models.classification.labelled_pool import LabelledPool, Rule
from models.evaluation.calibration import Calibration, fit_calibration, smoothed_share
from models.evaluation.group_folds import group_folds
from models.events import Notice, Progress

MAX_FOLDS = 5
LEAST_UNLABELLED = 50  # images, whose confidence is like that of images to come
PRIOR_LABELS = 2  # whose weight the heads' agreement on the unlabelled images has beside the labels


@dataclass(frozen=True)
class LinearFit:
    """A head by the rule that was chosen, and what the choice was made by.

    Attributes:
        features: name of the other features that were better than the pool's own; '' where those were kept.
        candidates: the rules' answers on the labels that were held out.
        comparison: which rule is best, and the figures of the whole procedure, the choice included.
        pool_logits: (N, K) of the pool's images, each by a head that had learned neither from its label nor,
            unlabelled, from itself; a class's only label is the exception.
    """

    head: LinearHead
    calibration: Calibration
    rule: Rule
    candidates: Candidates
    comparison: Comparison
    pool_logits: np.ndarray
    features: str = ""


def stratified_folds(
    labels: np.ndarray, *, most: int = MAX_FOLDS, seed: int = 0, groups: np.ndarray | None = None
) -> np.ndarray:
    """Fold of each label (n,), 0 to at most `most` - 1; -1 where a class has one label, which always trains.

    Every fold leaves at least one label of each class to train on. No group (n,) lies in two folds.
    """
    if groups is not None and len(np.unique(groups)) < len(labels):
        return group_folds(labels, groups, most=most, seed=seed)
    folds = np.full(len(labels), -1)
    rng = np.random.default_rng(seed)
    offset = 0
    for k in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == k))
        if len(members) > 1:
            count = min(most, len(members))
            folds[members] = (np.arange(len(members)) % count + offset) % most
            offset += len(members)  # classes of two labels do not all land in the first two folds
    return folds


def out_of_fold(
    pool: LabelledPool,
    rules: Sequence[Rule],
    *,
    groups: np.ndarray | None = None,
    seed: int = 0,
    stage: str = "validation",
) -> Generator[Progress, None, Candidates]:
    """What each rule answers for the labels that it has not seen; `stage` names the progress.

    Labels with equal `groups` (n,) are in one fold.
    """
    folds = stratified_folds(pool.labels, seed=seed, groups=groups)
    validated = np.flatnonzero(folds >= 0)
    logits = np.zeros((len(rules), len(pool.labels), len(pool.classes)), dtype=np.float32)
    used = np.unique(folds[validated])
    for done, fold in enumerate(used):
        held_out = np.flatnonzero(folds == fold)
        known = np.flatnonzero(folds != fold)
        for r, rule in enumerate(rules):
            logits[r, held_out] = pool.fit(rule, known, held_out=held_out).logits(
                pool.features[pool.positions[held_out]]
            )
        yield Progress(stage, done + 1, len(used), "folds")
    return Candidates(
        tuple(rule.describe() for rule in rules),
        logits[:, validated],
        validated,
        pool.labels[validated],
        folds[validated],
    )


def fit_linear(
    pool: LabelledPool,
    *,
    others: Mapping[str, LabelledPool] | None = None,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> Generator[Progress | Notice, None, LinearFit]:
    """Compare the rules out of fold, fit the best one on all labels, calibrate it.

    Labels with equal `groups` (n,) are in one fold.

    Args:
        others: further features of the same labelled images by their name, which are taken where they are better
            beyond chance: an encoder that learned little spoils what stands beside it.
    """
    rules = pool.rules()
    ways = [("", rule) for rule in rules]
    candidates = yield from out_of_fold(pool, rules, groups=groups, seed=seed)
    for name, other in (others or {}).items():
        rules = other.rules()
        ways += [(name, rule) for rule in rules]
        answered = yield from out_of_fold(other, rules, groups=groups, seed=seed, stage=f"validation: {name}")
        candidates = candidates.before(replace(answered, names=tuple(f"{name}: {rule}" for rule in answered.names)))
    comparison = compare(candidates, pool.classes)
    yield comparison.notice("Head")
    features, rule = ways[comparison.best]
    chosen = pool if not features else (others or {})[features]
    head, pool_logits = chosen.fit_and_judge(rule)
    calibration = _calibration(chosen, head, pool_logits, candidates, comparison)
    pool_logits[pool.positions[candidates.held_out]] = candidates.logits[comparison.best]
    return LinearFit(head, calibration, rule, candidates, comparison, pool_logits, features)


def _calibration(
    pool: LabelledPool, head: LinearHead, pool_logits: np.ndarray, candidates: Candidates, comparison: Comparison
) -> Calibration:
    """As sure on average as answers for new images are expected to be right."""
    unlabelled = np.setdiff1d(np.arange(len(pool.features)), pool.positions)
    logits, labels = candidates.logits[comparison.best], candidates.labels
    if not len(labels):
        if pool.graph is None:
            return fit_calibration(logits, labels, accuracy=1 / 2, reference=pool_logits[pool.positions])
        spread = pool.graph.propagate(pool.positions, pool.labels, len(pool.classes))
        return fit_calibration(logits, labels, accuracy=float(spread.max(1).mean()), reference=pool_logits)
    if len(unlabelled) < LEAST_UNLABELLED:
        return fit_calibration(logits, labels)
    agreed = np.count_nonzero(head.logits(pool.features[unlabelled]).argmax(1) == pool_logits[unlabelled].argmax(1))
    accuracy = _expected_accuracy(pool, candidates, comparison, smoothed_share(agreed, len(unlabelled)))
    return fit_calibration(logits, labels, accuracy=accuracy, reference=pool_logits[unlabelled])


def _expected_accuracy(pool: LabelledPool, candidates: Candidates, comparison: Comparison, agreement: float) -> float:
    """Of a head on all labels, by those that heads on fewer labels had not seen.

    The share of errors falls with the labels, a quarter more of them making it a fifth smaller, as far as the
    features tell classes apart at all: at chance more labels do not help.

    Args:
        agreement: how often heads that learned from other parts of the pool answer alike, a first guess of the share of
            right answers; it counts as PRIOR_LABELS labels.
    """
    logits, labels = candidates.logits[comparison.best], candidates.labels
    right = np.count_nonzero(logits.argmax(1) == labels)
    accuracy = (right + PRIOR_LABELS * agreement) / (len(labels) + PRIOR_LABELS)
    chance = 1 / len(pool.classes)
    learned = max(0.0, (accuracy - chance) / (1 - chance))
    held_out_share = float(
        np.mean(1 / np.minimum(MAX_FOLDS, np.bincount(pool.labels)[labels]))
    )  # of a class, at a time
    return accuracy + (1 - accuracy) * held_out_share * learned

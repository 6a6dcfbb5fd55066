"""A linear classifier on frozen features: which head suits these labels, how good it is, how sure it may be.

The rule is chosen by out-of-fold figures among few: labels alone or propagated over the unlabelled images, with equal
class shares or those of the labels. n labelled images of N in the pool, D features, K classes.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.calibration import match_confidence
from models.comparison import Candidates, Comparison, compare
from models.errors import KnownError
from models.events import Notice, Progress
from models.features import joined, unit_blocks
from models.group_folds import group_folds
from models.heads import LinearHead, fit_lda, fit_propagated
from models.power_transform import Blocks
from models.propagate import NeighbourGraph

MAX_FOLDS = 5
FEW_LABELS = 60  # a class; below, propagation is tried first: with fewer it mostly beats the labels alone


@dataclass(frozen=True)
class Rule:
    """One way to make a head out of labels."""

    propagated: bool
    equal_shares: bool

    def describe(self) -> str:
        """In words for the user."""
        source = "labels propagated over the unlabelled images" if self.propagated else "the labelled images alone"
        shares = "equal class shares" if self.equal_shares else "the labels' class shares"
        return f"{source}, {shares}"


@dataclass(frozen=True)
class LabelledPool:
    """Features of the pool (the unlabelled images too), and the labels of some of it."""

    features: np.ndarray  # (N, D)
    graph: NeighbourGraph | None
    positions: np.ndarray  # (n,)
    labels: np.ndarray  # (n,)
    classes: tuple[str, ...]

    @classmethod
    def build(
        cls, blocks: Blocks, positions: np.ndarray, labels: np.ndarray, classes: Sequence[str], *, use_unlabelled: bool
    ) -> LabelledPool:
        """Join transformed blocks, and connect the neighbours if the unlabelled images are to be used.

        Raises:
            KnownError: fewer than two classes have a label.
        """
        if len(np.unique(labels)) < 2:
            raise KnownError("Training needs labels of at least two classes; label a few more images first.")
        graph = NeighbourGraph.build(unit_blocks(blocks)) if use_unlabelled else None
        return cls(joined(blocks), graph, np.asarray(positions), np.asarray(labels), tuple(classes))

    def fit(self, rule: Rule, known: np.ndarray, *, held_out: np.ndarray | None = None) -> LinearHead:
        """Fit a head by `rule` on the labels at indices `known` of the n, without the images at indices `held_out`."""
        positions, labels, K = self.positions[known], self.labels[known], len(self.classes)
        counts = np.bincount(labels, minlength=K)
        prior = (counts > 0) / np.count_nonzero(counts) if rule.equal_shares else counts / counts.sum()
        if rule.propagated:
            assert self.graph is not None
            out = None if held_out is None else self.positions[held_out]
            return fit_propagated(self.features, self.graph, positions, labels, K, prior=prior, held_out=out)
        return fit_lda(self.features[positions], labels, K, prior=prior)

    def rules(self) -> list[Rule]:
        """The rules worth comparing, the one to start from first."""
        counts = np.bincount(self.labels, minlength=len(self.classes))
        counts = counts[counts > 0]
        sources = [False] if self.graph is None else [True, False] if counts.min() < FEW_LABELS else [False, True]
        shares = [True] if counts.min() == counts.max() else [True, False]
        return [Rule(source, share) for source in sources for share in shares]


@dataclass(frozen=True)
class LinearFit:
    """A head by the rule that was chosen, and what the choice was made by.

    Attributes:
        features: name of the other features that were better than the pool's own; '' where those were kept.
        candidates: the rules' answers on the labels that were held out.
        comparison: which rule is best, and the figures of the whole procedure, the choice included.
    """

    head: LinearHead
    temperature: float
    rule: Rule
    candidates: Candidates
    comparison: Comparison
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
    head = chosen.fit(rule, np.arange(len(pool.labels)))
    temperature = comparison.temperature or _confidence_of_labels(chosen, head)
    return LinearFit(head, temperature, rule, candidates, comparison, features)


def _confidence_of_labels(pool: LabelledPool, head: LinearHead) -> float:
    """A temperature without held-out labels: the head is as sure as the propagated labels are."""
    if pool.graph is None:
        return match_confidence(head.logits(pool.features[pool.positions]), 1 / 2)
    probabilities = pool.graph.propagate(pool.positions, pool.labels, len(pool.classes))
    return match_confidence(head.logits(pool.features), float(probabilities.max(1).mean()))

"""A linear classifier on frozen features: which head suits these labels, how good it is, how sure it may be.

The rule is chosen by out-of-fold figures among few: labels alone or propagated over the unlabelled images, with equal
class shares or those of the labels. n labelled images of N in the pool, D features, K classes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration import calibrated_temperature, match_confidence, softmax
from models.errors import KnownError
from models.evaluate import Evaluation, evaluate
from models.events import Notice, Progress
from models.features import joined, unit_blocks
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
    """What training ends with.

    Attributes:
        validation: out-of-fold figures of the whole procedure, the choice of the rule included; None where no class
            has two labels, so that nothing could be held out.
        validated: indices of the n labels that `validation` was measured on; `predicted` and `confidence` are the
            answers that it was measured by.
        scores: macro F1 out of fold of every rule that was compared.
    """

    head: LinearHead
    temperature: float
    rule: Rule
    validation: Evaluation | None
    validated: np.ndarray
    predicted: np.ndarray  # (len(validated),) class indices
    confidence: np.ndarray  # (len(validated),)
    out_of_fold: np.ndarray  # (len(validated), K) logits of the rule that was chosen
    scores: dict[str, float]


def stratified_folds(labels: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Fold of each label (n,), 0 to at most MAX_FOLDS - 1; -1 where a class has one label, which always trains.

    Every fold leaves at least one label of each class to train on.
    """
    folds = np.full(len(labels), -1)
    rng = np.random.default_rng(seed)
    offset = 0
    for k in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == k))
        if len(members) > 1:
            count = min(MAX_FOLDS, len(members))
            folds[members] = (np.arange(len(members)) % count + offset) % MAX_FOLDS
            offset += len(members)  # classes of two labels do not all land in the first two folds
    return folds


def fit_linear(pool: LabelledPool, *, seed: int = 0) -> Generator[Progress | Notice, None, LinearFit]:
    """Compare the rules out of fold, fit the best one on all labels, calibrate it."""
    folds = stratified_folds(pool.labels, seed=seed)
    validated = np.flatnonzero(folds >= 0)
    rules = pool.rules()
    logits = np.zeros((len(rules), len(pool.labels), len(pool.classes)), dtype=np.float32)
    used = np.unique(folds[validated])
    for done, fold in enumerate(used):
        held_out = np.flatnonzero(folds == fold)
        known = np.flatnonzero(folds != fold)
        for r, rule in enumerate(rules):
            logits[r, held_out] = pool.fit(rule, known, held_out=held_out).logits(
                pool.features[pool.positions[held_out]]
            )
        yield Progress("validation", done + 1, len(used), "folds")
    best, notice = _choose(rules, logits[:, validated], pool.labels[validated])
    yield notice
    everything = np.arange(len(pool.labels))
    head = pool.fit(rules[best], everything)
    temperature = _temperature(pool, head, logits[best, validated], validated)
    predicted, confidence = _held_out_answers(pool, logits, folds, validated)
    truth = pool.labels[validated]
    return LinearFit(
        head=head,
        temperature=temperature,
        rule=rules[best],
        validation=evaluate(truth, predicted, confidence, pool.classes) if len(validated) else None,
        validated=validated,
        predicted=predicted,
        confidence=confidence,
        out_of_fold=logits[best, validated],
        scores=_scores(rules, logits[:, validated], pool.labels[validated]),
    )


def _macro_f1(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Mean F1 of the classes that occur."""
    f1 = []
    for k in np.unique(labels):
        hit = np.count_nonzero((predicted == k) & (labels == k))
        f1.append(2 * hit / max(np.count_nonzero(predicted == k) + np.count_nonzero(labels == k), 1))
    return float(np.mean(f1)) if f1 else 0.0


def _scores(rules: list[Rule], logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    return {rule.describe(): _macro_f1(logits[r].argmax(1), labels) for r, rule in enumerate(rules)}


def best_rule(predicted: np.ndarray, labels: np.ndarray) -> int:
    """Which row of predictions (R, n) to trust: the first, unless another is better beyond chance.

    Better means a higher macro F1, and more images put right than wrong by over two standard errors of that count (as
    McNemar's test has it): with a handful of labels a better figure is mostly luck.
    """
    best, best_score = 0, _macro_f1(predicted[0], labels) if len(labels) else 0.0
    first_right = predicted[0] == labels
    for r in range(1, len(predicted)):
        right = predicted[r] == labels
        gained, lost = np.count_nonzero(right & ~first_right), np.count_nonzero(first_right & ~right)
        score = _macro_f1(predicted[r], labels)
        if score > best_score and gained - lost > 2 * np.sqrt(gained + lost):
            best, best_score = r, score
    return best


def _choose(rules: list[Rule], logits: np.ndarray, labels: np.ndarray) -> tuple[int, Notice]:
    best = best_rule(logits.argmax(2), labels)
    if not len(labels):
        return best, Notice(
            f"Head: {rules[best].describe()}; with one label a class nothing could be held out to compare."
        )
    others = ", ".join(f"{name} {score:.1%}" for name, score in _scores(rules, logits, labels).items())
    return best, Notice(f"Head: {rules[best].describe()}. Macro F1 out of fold on {len(labels)} labels: {others}.")


def _held_out_answers(
    pool: LabelledPool, logits: np.ndarray, folds: np.ndarray, validated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Answers and their confidence on images whose labels neither fitted the head, nor chose its rule, nor set its
    temperature, each (len(validated),)."""
    predicted = np.zeros(len(validated), dtype=np.int64)
    confidence = np.zeros(len(validated))
    labels = pool.labels[validated]
    for fold in np.unique(folds[validated]):
        inside, outside = folds[validated] == fold, folds[validated] != fold
        best = best_rule(logits[:, validated[outside]].argmax(2), labels[outside])
        temperature = calibrated_temperature(logits[best, validated[outside]], labels[outside])
        probabilities = softmax(logits[best, validated[inside]] / temperature)
        predicted[inside], confidence[inside] = probabilities.argmax(1), probabilities.max(1)
    return predicted, confidence


def _temperature(pool: LabelledPool, head: LinearHead, out_of_fold: np.ndarray, validated: np.ndarray) -> float:
    """Calibrated on out-of-fold logits; without any, so that the head is as sure as the propagated labels are."""
    if len(validated):
        return calibrated_temperature(out_of_fold, pool.labels[validated])
    if pool.graph is None:
        return match_confidence(head.logits(pool.features[pool.positions]), 1 / 2)
    probabilities = pool.graph.propagate(pool.positions, pool.labels, len(pool.classes))
    return match_confidence(head.logits(pool.features), float(probabilities.max(1).mean()))

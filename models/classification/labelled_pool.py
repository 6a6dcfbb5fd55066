"""Features of a pool and the labels of some of it, from which linear heads are made by one rule or another.

n labelled images of N in the pool, D features, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models.classification.heads import LinearHead, fit_lda
from models.classification.propagate import NeighbourGraph
from models.classification.self_training import SelfTraining
from models.errors import KnownError
from models.features.extraction import columns_beside_encoder, joined, unit_blocks, without_encoder
from models.features.power_transform import Blocks

SAY_BESIDE = 0.5  # of the heads beside the encoder; a whole one costs accuracy where there are many labels
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
    """Features of the pool (the unlabelled images too), and the labels of some of it.

    Where what stands beside an encoder is there too, it has heads of its own, which learn apart from those on all
    features and have SAY_BESIDE of theirs: two descriptions of one image that seldom err together (Blum and Mitchell,
    1998), so that an encoder that learned little harms less. The weighted sum of their log-likelihoods is linear in the
    features again (a product of experts: Hinton, 2002, section 1); the classes' shares count once.

    Attributes:
        beside: the same images by what stands beside the encoder alone.
        columns: (D,) which of the features that is.
    """

    features: np.ndarray  # (N, D)
    graph: NeighbourGraph | None
    positions: np.ndarray  # (n,)
    labels: np.ndarray  # (n,)
    classes: tuple[str, ...]
    beside: LabelledPool | None = None
    columns: np.ndarray | None = None

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
        whole = cls(joined(blocks), graph, np.asarray(positions), np.asarray(labels), tuple(classes))
        others = without_encoder(blocks)
        if not 0 < len(others) < len(blocks):
            return whole
        beside = cls.build(others, positions, labels, classes, use_unlabelled=use_unlabelled)
        return replace(whole, beside=beside, columns=columns_beside_encoder(blocks))

    @cached_property
    def _self_training(self) -> SelfTraining:
        assert self.graph is not None
        return SelfTraining(self.features, self.graph)

    def fit(self, rule: Rule, known: np.ndarray, *, held_out: np.ndarray | None = None) -> LinearHead:
        """Fit a head by `rule` on the labels at indices `known` of the n, without the images at indices `held_out`."""
        positions, labels, K = self.positions[known], self.labels[known], len(self.classes)
        prior = self._prior(rule, labels)
        if rule.propagated:
            out = None if held_out is None else self.positions[held_out]
            pseudo = self._self_training.mended_labels(positions, labels, K, prior=prior, held_out=out)
            head = self._self_training.head(pseudo, K, prior=prior, held_out=out)
        else:
            head = fit_lda(self.features[positions], labels, K, prior=prior)
        if self.beside is None:
            return head
        return self._with_say(head, self.beside.fit(rule, known, held_out=held_out), prior)

    def fit_and_judge(self, rule: Rule) -> tuple[LinearHead, np.ndarray]:
        """The head by `rule` on all labels, and logits (N, K) of the pool by heads that had not learned from the image.

        The logits of images with a label are those of the head, which did.
        """
        if not rule.propagated:
            head = self.fit(rule, np.arange(len(self.labels)))
            return head, head.logits(self.features)
        K, prior = len(self.classes), self._prior(rule, self.labels)
        pseudo = self._self_training.mended_labels(self.positions, self.labels, K, prior=prior)
        head = self._self_training.head(pseudo, K, prior=prior)
        logits = self._self_training.cross_fitted_logits(pseudo, K, prior=prior)
        if self.beside is not None:
            other, other_logits = self.beside.fit_and_judge(rule)
            head = self._with_say(head, other, prior)
            logits += SAY_BESIDE * (other_logits - _log(prior))
        logits[self.positions] = head.logits(self.features[self.positions])
        return head, logits

    def _with_say(self, head: LinearHead, other: LinearHead, prior: np.ndarray) -> LinearHead:
        """A head on all features and the say of one on those beside the encoder, both for class shares `prior`."""
        weight = head.weight.copy()
        weight[:, self.columns] += SAY_BESIDE * other.weight
        return LinearHead(weight, head.bias + SAY_BESIDE * (other.bias - _log(prior)))

    def _prior(self, rule: Rule, labels: np.ndarray) -> np.ndarray:
        counts = np.bincount(labels, minlength=len(self.classes))
        return (counts > 0) / np.count_nonzero(counts) if rule.equal_shares else counts / counts.sum()

    def rules(self) -> list[Rule]:
        """The rules worth comparing, the one to start from first."""
        counts = np.bincount(self.labels, minlength=len(self.classes))
        counts = counts[counts > 0]
        sources = [False] if self.graph is None else [True, False] if counts.min() < FEW_LABELS else [False, True]
        shares = [True] if counts.min() == counts.max() else [True, False]
        return [Rule(source, share) for source in sources for share in shares]


def _log(prior: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(prior, 1e-12)).astype(np.float32)

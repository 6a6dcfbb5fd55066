"""Labels of a few images carried over to all of a pool, and linear heads on them. N images, D features, K classes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from models.classification.heads import LinearHead, Scatter, Span, class_means, fit_lda
from models.classification.propagate import NeighbourGraph
from models.evaluation.calibration import match_confidence, softmax

ROUNDS = 6
PARTS = 3
CROSS_FIT_PARTS = 10  # each head misses a tenth: as sure as one that is fitted on all
EQUAL_SAY_LABELS = 5  # a class
LEAST_LEFT = 1e-3  # of a sum of squares; where a subtraction leaves less, float32's rounding is a part of that


class SelfTraining:
    """A pool's features and neighbours, from which heads are fitted on the classes that all of its images seem to have.

    Every head is fitted on most of the pool. What takes long, the products of all features with each other, is kept for
    the whole pool and for the parts that heads leave out: so a head costs a factorisation, not a pass over the pool for
    each of its D x D numbers, and all folds and rules share the parts.

    Args:
        features: (N, D) float32.
    """

    def __init__(self, features: np.ndarray, graph: NeighbourGraph, *, seed: int = 0) -> None:
        self._graph, self._features = graph, features.shape[1]
        self._span = Span.of(torch.from_numpy(features))
        self._rows = self._span.coordinates(torch.from_numpy(features))
        rng = np.random.default_rng(seed)
        self._thirds = [rng.permutation(len(features)) % PARTS for _ in range(ROUNDS)]
        self._tenths = rng.permutation(len(features)) % CROSS_FIT_PARTS

    @cached_property
    def _lengths(self) -> Tensor:
        """Of the rows, squared, (N,)."""
        return self._rows.square().sum(1)

    @cached_property
    def _products(self) -> Tensor:
        """Of the whole pool, (R, R) for R coordinates of its span."""
        return self._rows.T @ self._rows

    @cached_property
    def _products_of_thirds(self) -> list[list[Tensor]]:
        """Of each part of each round."""
        made = []
        for third in self._thirds:
            parts = [self._products_of(np.flatnonzero(third == k)) for k in range(PARTS - 1)]
            made.append([*parts, self._products - sum(parts)])
        return made

    def _products_of(self, positions: np.ndarray) -> Tensor:
        rows = self._rows[torch.from_numpy(positions)]
        return rows.T @ rows

    def mended_labels(
        self,
        positions: np.ndarray,
        labels: np.ndarray,
        classes: int,
        *,
        prior: np.ndarray,
        held_out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Class of every image of the pool (N,): propagated along the neighbours, then mended by linear heads.

        Propagation follows the neighbours into every corner of a class; a linear head must explain all of a class by
        one direction, and so sees where neighbours misled. In every round each image is relabelled by a head that was
        not fitted on it: one that was would only repeat the mistakes, since there are as many features as images.
        Images with a label keep it.

        Args:
            positions: (n,) of the labelled images.
            labels: (n,) class indices.
            prior: (K,) class shares.
            held_out: positions that no head is fitted on, so that a fold is judged on images as unknown as those to
                come.
        """
        usable = self._usable(held_out)
        pseudo = self._first_guess(positions, labels, classes, prior)
        for third, products_of_parts in zip(self._thirds, self._products_of_thirds, strict=True):
            pseudo[positions] = labels
            mended = pseudo.copy()
            for k, products in enumerate(products_of_parts):
                inside = third == k
                fitted_on = usable & ~inside
                fitted_on[positions] = True
                around = self._products - products
                around += self._products_of(positions[inside[positions]])
                around -= self._products_of(np.flatnonzero(~usable & ~inside))
                head = self._fit(around, fitted_on, pseudo, classes, prior)
                mended[~fitted_on] = head.logits(self._rows.numpy()[~fitted_on]).argmax(1)
            pseudo = mended
        pseudo[positions] = labels
        return pseudo

    def head(
        self, pseudo: np.ndarray, classes: int, *, prior: np.ndarray, held_out: np.ndarray | None = None
    ) -> LinearHead:
        """Fitted on all images with classes `pseudo` (N,), those at positions `held_out` left out."""
        usable = self._usable(held_out)
        products = self._products - self._products_of(np.flatnonzero(~usable))
        return self._span.head(self._fit(products, usable, pseudo, classes, prior))

    def cross_fitted_logits(self, pseudo: np.ndarray, classes: int, *, prior: np.ndarray) -> np.ndarray:
        """Logits (N, K) of the images with classes `pseudo` (N,), each by a head that was not fitted on it.

        With as many features as images a head is far surer of the images that it was fitted on than of any other, right
        or wrong.
        """
        logits = np.zeros((len(pseudo), classes), dtype=np.float32)
        for k in range(CROSS_FIT_PARTS):
            inside = self._tenths == k
            products = self._products - self._products_of(np.flatnonzero(inside))
            head = self._fit(products, ~inside, pseudo, classes, prior)
            logits[inside] = head.logits(self._rows.numpy()[inside])
        return logits

    def _usable(self, held_out: np.ndarray | None) -> np.ndarray:
        usable = np.ones(len(self._rows), dtype=bool)
        if held_out is not None:
            usable[held_out] = False
        return usable

    def _fit(
        self, products: Tensor, fitted_on: np.ndarray, pseudo: np.ndarray, classes: int, prior: np.ndarray
    ) -> LinearHead:
        """On the coordinates of images `fitted_on` (N,), whose products are given (and used up)."""
        labels = torch.from_numpy(np.where(fitted_on, pseudo, -1))
        counts, means = class_means(self._rows, labels, classes)
        least = LEAST_LEFT * products.trace()
        products -= (means.T * counts) @ means
        if products.trace() < least:  # images of a class are all but equal
            known = labels >= 0
            scatter = Scatter.of(self._rows[known], labels[known], classes, features=self._features)
            return scatter.discriminant(prior)
        belonging = labels.clamp(min=0)
        to_means = (self._rows @ means.T).gather(1, belonging[:, None])[:, 0]
        lengths = self._lengths - 2 * to_means + means.square().sum(1)[belonging]
        fourth = float(lengths[labels >= 0].square().sum())
        return Scatter(counts, means, products, fourth, self._features).discriminant(prior)

    def _first_guess(self, positions: np.ndarray, labels: np.ndarray, classes: int, prior: np.ndarray) -> np.ndarray:
        """Class of every image (N,): propagation alone at one label a class; from five on a head has equal say.

        In between the log probability of the head, which is fitted on the labels, counts in proportion.
        """
        spread = self._graph.propagate(positions, labels, classes, prior=prior)
        say = min(1.0, (len(labels) / np.count_nonzero(np.bincount(labels)) - 1) / (EQUAL_SAY_LABELS - 1))
        rows = self._rows.numpy()
        logits = fit_lda(rows[positions], labels, classes, prior=prior, features=self._features).logits(rows)
        head = softmax(logits / match_confidence(logits, float(spread.max(1).mean())))
        unreached = spread.max(1) < 1 / classes + 1e-9  # by any label: there the head alone decides
        return np.where(unreached[:, None], head, np.log(spread + 1e-6) + say * np.log(head + 1e-6)).argmax(1)

"""Propagation that is asked again after every label, and how far it can be trusted.

What labels do to the pool adds up, so the response to a class's labels is computed once and kept until that class gains
or loses one; and it is kept in parts, so that every label can be judged by what the others say of its image.
Dimensions: N images, K classes, F parts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from models.classification.propagate import NeighbourGraph, class_shares

PARTS = 5
UNREACHED = -1


@dataclass(frozen=True, eq=False)
class Spread:
    """Class probabilities (N, K); and of labels that could be held out, their indices (m,) and the answers (m,).

    `judged` are indices of the labels given; `answers` class indices, UNREACHED where no other label reaches the image.
    """

    probabilities: np.ndarray
    judged: np.ndarray
    answers: np.ndarray


class LivePropagation:
    """Spreads changing labels over one graph. May be shared by threads.

    Images with equal `groups` (N,) belong together: no label is judged by another one of its class and group.
    """

    def __init__(self, graph: NeighbourGraph, groups: np.ndarray | None = None) -> None:
        self._graph = graph
        self._groups = np.arange(len(graph.degree)) if groups is None else groups
        self._kept: dict[bytes, np.ndarray] = {}
        self._lock = threading.Lock()

    def spread(self, positions: np.ndarray, labels: np.ndarray, classes: int) -> Spread:
        """As `NeighbourGraph.propagate` with equal shares, of labels (n,) below K = `classes` at positions (n,).

        Every class must have a label. Each label of a class that has another group is judged without the fifth of its
        class that it belongs to (without its own group alone, up to five groups a class).
        """
        part, groups = self._parts(positions, labels, classes)
        with self._lock:
            responses = self._responses(positions, labels, classes)  # K of (N, F)
        scores = np.stack([response.sum(1) for response in responses], axis=1)
        judged = np.flatnonzero(groups[labels] > 1)
        answers = np.empty(len(judged), dtype=np.int64)
        for f in range(PARTS):
            here = part[judged] == f
            answers[here] = _answers_without(responses, f, positions[judged[here]])
        return Spread(class_shares(scores), judged, answers)

    def _responses(self, positions: np.ndarray, labels: np.ndarray, classes: int) -> list[np.ndarray]:
        members = [np.sort(positions[labels == k]).astype(np.int64) for k in range(classes)]
        keys = [rows.tobytes() for rows in members]
        fresh = [k for k in range(classes) if keys[k] not in self._kept]
        if fresh:
            solved = self._graph.respond(np.concatenate([self._seeds(members[k]) for k in fresh], axis=1))
            solved_parts = np.split(solved, len(fresh), axis=1)
            self._kept |= {keys[k]: np.ascontiguousarray(r) for k, r in zip(fresh, solved_parts, strict=True)}
        self._kept = {key: self._kept[key] for key in keys}
        return [self._kept[key] for key in keys]

    def _seeds(self, members: np.ndarray) -> np.ndarray:
        seeds = np.zeros((len(self._graph.degree), PARTS))
        seeds[members, self._dealt(members)] = 1
        return seeds

    def _parts(self, positions: np.ndarray, labels: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
        """Part of each label (n,), and how many groups each class (K,) has labels in."""
        part, groups = np.empty(len(positions), dtype=np.int64), np.zeros(classes, dtype=np.int64)
        for k in np.unique(labels):
            members = np.flatnonzero(labels == k)
            part[members] = self._dealt(positions[members])
            groups[k] = len(np.unique(self._groups[positions[members]]))
        return part, groups

    def _dealt(self, members: np.ndarray) -> np.ndarray:
        """Part of each image (m,) of a class: its groups are dealt out in their order."""
        return np.unique(self._groups[members], return_inverse=True)[1] % PARTS


def _answers_without(responses: list[np.ndarray], part: int, rows: np.ndarray) -> np.ndarray:
    """Classes (m,) of the images at rows (m,), by the labels of the other parts; a class of one label keeps it."""
    left = [np.delete(response, part, axis=1) for response in responses]
    left = [rest if rest.any() else whole for rest, whole in zip(left, responses, strict=True)]
    scores = np.stack([rest[rows].sum(1) for rest in left], axis=1)
    shares = class_shares(scores, totals=np.array([rest.sum() for rest in left]))
    return np.where(scores.any(1), shares.argmax(1), UNREACHED)

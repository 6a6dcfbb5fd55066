"""How an embedding does, with and without labels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

COLLAPSED_RANK = 1.5
COLLAPSED_SPREAD = 1e-3
MIN_EMBEDDINGS = 4  # two points always lie on a line


def effective_rank(embeddings: Tensor) -> float:
    """Exponential of the entropy of the normalised singular values of centred embeddings (n, D), 1 to min(n, D).

    RankMe (Garrido et al., 2023, eq. 1), here with the mean removed, which features after a ReLU would else be all of.
    """
    centred = embeddings.float() - embeddings.float().mean(0)
    values = torch.linalg.svdvals(centred)
    total = values.sum()
    if total <= 1e-12:
        return 1.0
    share = values / total
    return float(torch.exp(-(share * torch.log(share + 1e-12)).sum()))


def is_collapsed(embeddings: Tensor) -> bool:
    """Whether all embeddings (n, D) are the same point or line, so nothing is told apart by them. Too few say no."""
    if len(embeddings) < MIN_EMBEDDINGS:
        return False
    values = embeddings.float()
    spread = values.std(0).norm() / values.norm(dim=1).mean().clamp(min=1e-12)
    return bool(spread < COLLAPSED_SPREAD) or effective_rank(values) < COLLAPSED_RANK


def knn_right(embeddings: Tensor, labels: Tensor, *, neighbours: int = 5) -> Tensor | None:
    """Whether a leave-one-out cosine kNN vote is right (n,) bool, over embeddings (n, D) with labels (n,).

    None where it cannot be told: fewer than two classes, or no class with two images.
    """
    classes, counts = labels.unique(return_counts=True)
    if len(classes) < 2 or counts.max() < 2:
        return None
    unit = F.normalize(embeddings.float(), dim=1)
    similarity = (unit @ unit.T).fill_diagonal_(-torch.inf)
    nearest = similarity.topk(min(neighbours, len(labels) - 1), dim=1)
    votes = torch.zeros(len(labels), int(labels.max()) + 1)
    votes.scatter_add_(1, labels[nearest.indices], nearest.values.clamp(min=0) + 1e-6)
    return votes.argmax(1) == labels


def knn_accuracy(embeddings: Tensor, labels: Tensor, *, neighbours: int = 5) -> float | None:
    """The share of `knn_right`."""
    right = knn_right(embeddings, labels, neighbours=neighbours)
    return None if right is None else float(right.float().mean())

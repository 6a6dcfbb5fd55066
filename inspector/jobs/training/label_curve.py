"""Accuracy against labels, measured with fewer of them than are at hand: what pretraining saves.

Heads are fitted on the labelled images alone, without propagation: fast enough to draw labels again and again. What
more labels would bring is forecast elsewhere, by the rule that training uses (label_forecast).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.events import CurvePoint, LabelCurveFinished
from inspector.jobs.pool.features import pool_features
from inspector.jobs.pool.pool import Pool, fill_pool, open_cache
from inspector.jobs.pool.pool_groups import groups_of
from inspector.jobs.running.devices import usable_device
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import numpy as np
    import torch

    from inspector.project import Project

DRAWS = 5
PER_CLASS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200)  # labels a class
JUDGED_SHARE = 0.2  # of each class, at least, is never learned from
MAX_IMAGES = 2_000  # labelled ones that the curve looks at


def label_curve(project: Project, *, device: str = "auto", seed: int = 0) -> Iterator[Any]:
    """Measure the curve on the labels at hand: progress, then LabelCurveFinished.

    Each draw takes some labels of every class, fits a head on them and judges it on all other labelled images. The
    features are those that training uses by default, and the same with a random encoder in place of the latest one.

    Raises:
        KnownError: fewer than two classes have two labels.
    """
    import numpy as np

    chosen_device = yield from usable_device(device)
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        pool, labels = yield from _labelled_pool(project, pool, seed)
        groups = yield from groups_of(project, pool, np.arange(len(labels)))
        sets = yield from _feature_sets(project, pool, chosen_device, seed)
    plan = _plan(labels)
    points: list[CurvePoint | None] = []
    for which, features in sets.items():
        for per_class in plan:
            points.append(_point(which, features, labels, groups, per_class, seed))
            yield Progress("label curve", len(points), len(plan) * len(sets), "points")
    yield LabelCurveFinished(tuple(point for point in points if point is not None))


def _labelled_pool(project: Project, pool: Pool, seed: int) -> Generator[Notice, None, tuple[Pool, np.ndarray]]:
    """The labelled images of classes with two labels or more, and their class indices (n,)."""
    import numpy as np

    from models.classification.thinning import thinned

    names = pool.labelled(project)
    positions = np.array(sorted(names), dtype=np.int64)
    every = np.array([names[i] for i in positions.tolist()])
    shown = np.sort(thinned(every, MAX_IMAGES, np.random.default_rng(seed)))
    positions = positions[shown]
    classes, labels, counts = np.unique(every[shown], return_inverse=True, return_counts=True)
    if np.count_nonzero(counts > 1) < 2:
        raise KnownError("The curve needs two classes with two labels each; label a few more images first.")
    lone = classes[counts < 2].tolist()
    if lone:
        yield Notice(f"One label is too few to learn from and to judge by, so {', '.join(lone)} is left out.")
    kept = np.flatnonzero(counts[labels] > 1)
    rows = positions[kept].tolist()
    smaller = replace(pool, image_ids=[pool.image_ids[i] for i in rows], hashes=[pool.hashes[i] for i in rows])
    return smaller, np.unique(labels[kept], return_inverse=True)[1]


def _feature_sets(
    project: Project, pool: Pool, device: torch.device, seed: int
) -> Generator[Progress | Notice, None, dict[str, np.ndarray]]:
    """By what they are called: features (n, D)."""
    from models.features.extraction import joined

    if project.latest_run("pretrain") is None:
        own = yield from pool_features(project, pool, which="texture", device=device, seed=seed)
        name = "texture spectrum"
    else:
        own = yield from pool_features(project, pool, device=device, seed=seed)
        name = "latest encoder"
    random = yield from pool_features(project, pool, encoder="random", device=device, seed=seed)
    return {name: joined(own.blocks), "random encoder": joined(random.blocks)}


@dataclass(frozen=True)
class _Draw:
    """Indices of the labels that a head learns from, and of those that judge it."""

    learned: np.ndarray
    judged: np.ndarray


def _plan(labels: np.ndarray) -> list[int]:
    """Labels a class worth a point: up to where no class has more to give."""
    import numpy as np

    most = max(_available(count) for count in np.bincount(labels).tolist())
    return [per_class for per_class in PER_CLASS if per_class < most] + [most]


def _available(count: int) -> int:
    """How many of a class's labels may be learned from."""
    return count - max(1, round(JUDGED_SHARE * count))


def _draw(labels: np.ndarray, groups: np.ndarray, per_class: int, rng: np.random.Generator) -> _Draw:
    """What is of one group with a learned label judges nothing."""
    import numpy as np

    members = [rng.permutation(np.flatnonzero(labels == k)) for k in range(int(labels.max()) + 1)]
    learned = np.concatenate([rows[: min(per_class, _available(len(rows)))] for rows in members])
    return _Draw(learned, np.flatnonzero(~np.isin(groups, groups[learned])))


def _point(
    which: str, features: np.ndarray, labels: np.ndarray, groups: np.ndarray, per_class: int, seed: int
) -> CurvePoint | None:
    """None where every label is of one group with a learned one, so that none is left to judge by."""
    import numpy as np

    from models.classification.heads import fit_lda

    classes = int(labels.max()) + 1
    prior = np.full(classes, 1 / classes)
    rng = np.random.default_rng([seed, per_class])  # the same draws for every kind of features
    scores = []
    for _ in range(DRAWS):
        draw = _draw(labels, groups, per_class, rng)
        if not len(draw.judged):
            return None
        head = fit_lda(features[draw.learned], labels[draw.learned], classes, prior=prior)
        scores.append(float((head.logits(features[draw.judged]).argmax(1) == labels[draw.judged]).mean()))
    return CurvePoint(
        labels=len(draw.learned),
        accuracy_mean=float(np.mean(scores)),
        low=min(scores),
        high=max(scores),
        images=len(draw.judged),
        which=which,
    )

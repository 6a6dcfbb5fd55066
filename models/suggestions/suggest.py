"""Which images to label next, and why.

`typical` covers the pool: as many k-means clusters as there will be labels, the most typical image of each cluster
that holds no label yet (TypiClust: Hacohen et al., 2022). `uncertain` goes where the propagated classes are close and
the pool is dense. `auto` is typical throughout, and mixes others in only where the labels at hand tell that they pay:
uncertain ones after a trial, different ones where some classes come much more often than others, since the largest
clusters then are all of the frequent classes. Dimensions: N images, D features, K classes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.classification.pool_neighbours import PoolNeighbours
from models.classification.propagate import NeighbourGraph, nearest_cosine, nearest_neighbours
from models.classification.thinning import thinned

STRATEGIES = ("auto", "typical", "unusual", "uncertain", "random")
TYPICAL_NEIGHBOURS = 20
KMEANS_STARTS = 5
MAX_KMEANS_IMAGES = 20_000
KMEANS_DISTANCES = 3_000_000  # N x clusters of a step; above, a step looks at a part of the images
KMEANS_STEPS = 30
MINI_BATCH = 4_096
UNCERTAIN_SHARE = 0.5  # of an `auto` list, where the trial says that it pays
DIFFERENT_SHARE = 0.5  # of the others, where the labels are uneven
LEAST_LABELS = 6  # from which on they tell
BALANCED = 0.88  # evenness of the labels' classes from which on they count as balanced
DENSITY_POWER = 4  # by which it counts how near they are
TRIALS = 10
TRIAL_LABELS = 200  # that take part in them; of more a trial clusters for minutes
COPY_REASON = "like an image that is labelled or suggested already"


@dataclass(frozen=True)
class Suggestion:
    """An image worth labelling: its position in the pool, and the reason in words.

    Attributes:
        kind: 'typical', 'different', 'unusual', 'uncertain' or 'random'.
        group: positions of the images that the reason is about, itself first, then by likeness.
    """

    position: int
    reason: str
    kind: str = "typical"
    group: tuple[int, ...] = ()


@dataclass(frozen=True)
class Guess:
    """What is thought of the pool now: class probabilities (N, K) and the classes' names."""

    probabilities: np.ndarray
    classes: Sequence[str]


def suggest(
    unit: np.ndarray,
    labelled: np.ndarray,
    count: int,
    *,
    different_share: float = 0.0,
    uncertain_share: float = 0.0,
    guess: Guess | None = None,
    neighbours: PoolNeighbours | None = None,
    seed: int = 0,
) -> list[Suggestion]:
    """Choose up to `count` images of the pool: typical ones, different ones, then the share of uncertain ones.

    Of what is not uncertain, `different_share` are different.

    Args:
        unit: unit-length features (N, D) of the pool.
        labelled: positions that have a label (n,).
        guess: what the labels say of the pool; without it (fewer than two classes) all are typical.
        neighbours: of the pool, where they are known already; they take long to find.

    Raises:
        ValueError: a count below 1.
    """
    if count < 1:
        raise ValueError(f"at least one image must be asked for, not {count}")
    count = min(count, len(unit) - len(labelled))
    wanted = round(uncertain_share * count) if guess is not None else 0
    chosen = []
    if guess is not None and wanted:
        neighbours = neighbours or PoolNeighbours.of(unit)
        chosen = uncertain(neighbours, labelled, wanted, guess)
    taken = np.concatenate([labelled, [s.position for s in chosen]]).astype(np.int64)
    wanted = round(different_share * (count - len(chosen)))
    if wanted:
        neighbours = neighbours or PoolNeighbours.of(unit)
        chosen = different(unit, neighbours.near_density(), taken, wanted) + chosen
        taken = np.concatenate([labelled, [s.position for s in chosen]]).astype(np.int64)
    return typical(unit, taken, count - len(chosen), seed=seed) + chosen


@dataclass(frozen=True)
class Mixture:
    """What a list of suggestions is made of, as `suggest` takes it."""

    different_share: float = 0.0
    uncertain_share: float = 0.0
    guess: Guess | None = None
    neighbours: PoolNeighbours | None = None


def mixture(
    unit: np.ndarray,
    labelled: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    neighbours: PoolNeighbours | None = None,
    seed: int = 0,
) -> Mixture:
    """What pays by the labels (n,) of the images at positions `labelled`; without two classes typical images alone.

    Args:
        unit: unit-length features (N, D) of the pool.
        classes: names of the K classes that the labels are indices of.
        neighbours: of the pool, where they are known already; they take long to find.
    """
    if len(classes) < 2:
        return Mixture()
    neighbours = neighbours or PoolNeighbours.of(unit)
    graph = neighbours.graph()
    pays = uncertain_pays(graph, neighbours.density(), unit, labelled, labels, len(classes), seed=seed)
    guess = Guess(graph.propagate(labelled, labels, len(classes)), classes)
    return Mixture(different_share(labels), UNCERTAIN_SHARE if pays else 0.0, guess, neighbours)


def different_share(labels: np.ndarray) -> float:
    """The share of different images that pays with labels (n,): DIFFERENT_SHARE where their classes are uneven, else 0.

    Evenness is the number of equally frequent classes that would be as surprising (the exponential of the entropy) over
    the number of classes: 1 if all are as frequent.
    """
    if len(labels) < LEAST_LABELS:
        return 0.0
    _, counts = np.unique(labels, return_counts=True)
    shares = counts / counts.sum()
    evenness = np.exp(-(shares * np.log(shares)).sum()) / len(counts)
    return DIFFERENT_SHARE if evenness < BALANCED else 0.0


def different(unit: np.ndarray, density: np.ndarray, taken: np.ndarray, count: int) -> list[Suggestion]:
    """Images far from all those at positions `taken`, and from each other, that are not the only ones of their kind.

    Farthest-first traversal, but weighed by how near an image's nearest neighbours are: the farthest image of all is
    mostly a freak.

    Args:
        density: (N,) mean cosine to the NEAR nearest neighbours.
    """
    weight = np.maximum(density, 0) ** DENSITY_POWER
    nearest = nearest_cosine(unit, unit[taken]) if len(taken) else np.full(len(unit), -1.0, dtype=unit.dtype)
    free = np.ones(len(unit), dtype=bool)
    free[taken] = False
    chosen = []
    for _ in range(min(count, np.count_nonzero(free))):
        best = int(np.where(free, (1 - nearest) * weight, -np.inf).argmax())
        chosen.append(Suggestion(best, "unlike every image labelled so far", "different", (best,)))
        free[best] = False
        nearest = np.maximum(nearest, unit @ unit[best])
    return chosen


def at_random(total: int, labelled: np.ndarray, count: int, *, seed: int = 0) -> list[Suggestion]:
    """The control: any images without a label."""
    free = np.setdiff1d(np.arange(total), labelled)
    picked = np.random.default_rng(seed).permutation(free)[:count]
    return [Suggestion(int(position), "drawn at random", "random", (int(position),)) for position in picked]


def typical(unit: np.ndarray, labelled: np.ndarray, count: int, *, seed: int = 0) -> list[Suggestion]:
    """The most typical image of each of the largest clusters without a label.

    There are as many clusters as labels in all when these are made, so a cluster is about what one label stands for.
    A pool of copies has fewer clusters; then the list is filled up with others, drawn at random.
    """
    chosen: list[Suggestion] = []
    taken = np.asarray(labelled, dtype=np.int64)
    count = min(count, len(unit) - len(taken))
    clusters = len(taken) + count
    while len(chosen) < count:  # copies leave clusters empty: then one more round of finer ones
        assignment = _kmeans(unit, min(clusters, len(unit)), seed)
        fresh = _typical_of_clusters(unit, assignment, taken, count - len(chosen))
        if not fresh:
            return chosen + _others(len(unit), taken, count - len(chosen), seed=seed)
        chosen += fresh
        taken = np.concatenate([taken, [s.position for s in fresh]]).astype(np.int64)
        clusters *= 2
    return chosen


def _others(total: int, taken: np.ndarray, count: int, *, seed: int) -> list[Suggestion]:
    """Images that show nothing new."""
    return [replace(other, reason=COPY_REASON, kind="typical") for other in at_random(total, taken, count, seed=seed)]


def _kmeans(unit: np.ndarray, clusters: int, seed: int) -> np.ndarray:
    """Cluster of each image (N,)."""
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from sklearn.exceptions import ConvergenceWarning

    if clusters >= len(unit):
        return np.arange(len(unit))
    if clusters * len(unit) > KMEANS_DISTANCES:
        return mini_batch_clusters(unit, clusters, seed)
    if len(unit) > MAX_KMEANS_IMAGES:
        settings = {"n_init": KMEANS_STARTS, "random_state": seed, "batch_size": MINI_BATCH}
        return MiniBatchKMeans(clusters, **settings).fit_predict(unit)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # copies among the images: fewer clusters
        return KMeans(clusters, n_init=KMEANS_STARTS, random_state=seed).fit_predict(unit)


def mini_batch_clusters(values: np.ndarray, clusters: int, seed: int) -> np.ndarray:
    """Cluster (N,) of each of values (N, D) in so many clusters that k-means takes minutes.

    2,000 clusters of 6,000 images take a twentieth of the time, and lie nearer to the images than those of starts by
    k-means++ with small clusters begun anew.
    """
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return MiniBatchKMeans(
            clusters, n_init=1, init="random", batch_size=MINI_BATCH, max_iter=KMEANS_STEPS, random_state=seed,
            reassignment_ratio=0.0,
        ).fit_predict(values)  # fmt: skip


def _typical_of_clusters(
    unit: np.ndarray, assignment: np.ndarray, labelled: np.ndarray, count: int
) -> list[Suggestion]:
    sizes = np.bincount(assignment)
    sizes[assignment[labelled]] = 0
    largest = np.argsort(-sizes, kind="stable")[:count]
    out = []
    for cluster in largest[sizes[largest] > 0]:
        members = np.flatnonzero(assignment == cluster)
        best = int(members[np.argmax(_typicality(unit[members]))])
        out.append(stands_for(best, members, unit))
    return out


def stands_for(position: int, members: np.ndarray, unit: np.ndarray) -> Suggestion:
    """The image at `position` suggested for the group at positions `members` that it is one of."""
    by_likeness = members[np.argsort(-(unit[members] @ unit[position]), kind="stable")]
    group = (position, *by_likeness[by_likeness != position].tolist())
    return Suggestion(position, _typical_reason(len(members)), "typical", group)


def _typical_reason(size: int) -> str:
    if size == 1:
        return "unlike every image labelled so far"
    return f"stands for a group of {size:,} images not labelled yet"


def _typicality(unit: np.ndarray) -> np.ndarray:
    """Mean cosine (n,) to the nearest members of the same cluster."""
    if len(unit) < 2:
        return np.zeros(len(unit))
    _, cosines = nearest_neighbours(unit, unit, TYPICAL_NEIGHBOURS, exclude_self=True)
    return cosines.mean(1)


def uncertain(neighbours: PoolNeighbours, labelled: np.ndarray, count: int, guess: Guess) -> list[Suggestion]:
    """Images whose two likeliest classes are close, in dense places, none a near neighbour of one chosen before."""
    return most_undecided(guess, neighbours.density(), lambda i: neighbours.indices[i], labelled, count)


def most_undecided(
    guess: Guess,
    density: np.ndarray,
    neighbours_of: Callable[[int], np.ndarray],
    taken: np.ndarray,
    count: int,
) -> list[Suggestion]:
    """`uncertain`, given how dense each image's place is (N,), its neighbours, and the positions not to choose."""
    score = uncertainty(guess.probabilities, density)
    score[taken] = -np.inf
    chosen: list[Suggestion] = []
    blocked = np.zeros(len(score), dtype=bool)
    for position in np.argsort(-score, kind="stable").tolist():
        if len(chosen) == count or not np.isfinite(score[position]):
            break
        if not blocked[position]:
            near = neighbours_of(position)
            group = (position, *near.tolist())
            chosen.append(Suggestion(position, _uncertain_reason(guess, position), "uncertain", group))
            blocked[near] = True
    return chosen


def uncertainty(probabilities: np.ndarray, density: np.ndarray) -> np.ndarray:
    """(1 - margin) x density (n,), the density scaled to 0..1, of probabilities (n, K)."""
    top = np.sort(probabilities, axis=1)
    margin = top[:, -1] - (top[:, -2] if top.shape[1] > 1 else 0)
    low, high = density.min(), density.max()
    return (1 - margin) * (density - low) / max(high - low, 1e-12)


def _uncertain_reason(guess: Guess, position: int) -> str:
    first, second = np.argsort(-guess.probabilities[position], kind="stable")[:2]
    return f"undecided between {guess.classes[first]} and {guess.classes[second]}"


def uncertain_pays(
    graph: NeighbourGraph,
    density: np.ndarray,
    unit: np.ndarray,
    positions: np.ndarray,
    labels: np.ndarray,
    classes: int,
    *,
    seed: int = 0,
) -> bool:
    """Whether, among the labels at hand, uncertain images taught more than typical ones.

    Each trial starts from a third of the labels, adds another third chosen from the rest by either rule, and scores the
    propagated classes of those left over. It pays where the mean gain exceeds its standard error; with fewer than three
    labels a class nothing can be told, and the answer is no. Of many labels TRIAL_LABELS take part.

    Args:
        density: (N,) mean cosine to the neighbours.
    """
    rng = np.random.default_rng(seed)
    if len(labels) > TRIAL_LABELS:
        kept = np.sort(thinned(labels, TRIAL_LABELS, rng))
        positions, labels = positions[kept], labels[kept]
    if np.bincount(labels, minlength=classes).min() < 3:
        return False
    gains = []
    for _ in range(TRIALS):
        start, rest = _stratified_third(labels, rng)
        probabilities = graph.propagate(positions[start], labels[start], classes)[positions[rest]]
        count = min(len(start), len(rest) - 1)
        by_doubt = np.argsort(-uncertainty(probabilities, density[positions[rest]]), kind="stable")[:count]
        representative = typical(unit[positions], start, count, seed=seed)
        by_type = np.flatnonzero(np.isin(rest, [s.position for s in representative]))
        scores = [_left_over_accuracy(graph, positions, labels, classes, start, rest, c) for c in (by_doubt, by_type)]
        gains.append(scores[0] - scores[1])
    return float(np.mean(gains)) > float(np.std(gains, ddof=1)) / np.sqrt(TRIALS)


def _stratified_third(labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Indices of a third of each class (at least one), and of the rest."""
    start = [rng.permutation(np.flatnonzero(labels == k)) for k in np.unique(labels)]
    chosen = np.concatenate([members[: max(1, len(members) // 3)] for members in start])
    return chosen, np.setdiff1d(np.arange(len(labels)), chosen)


def _left_over_accuracy(
    graph: NeighbourGraph,
    positions: np.ndarray,
    labels: np.ndarray,
    classes: int,
    start: np.ndarray,
    rest: np.ndarray,
    chosen: np.ndarray,
) -> float:
    known = np.concatenate([start, rest[chosen]])
    left = np.delete(rest, chosen)
    predicted = graph.propagate(positions[known], labels[known], classes)[positions[left]].argmax(1)
    return float((predicted == labels[left]).mean())

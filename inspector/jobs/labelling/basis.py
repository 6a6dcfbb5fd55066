"""What suggestions, guesses and the map stand on while somebody labels: features and neighbours, in memory.

Nothing here reads the project: labels come in with each call, so that the newest ones count. Calls take milliseconds to
seconds and belong in a background thread; those of two threads do not disturb each other.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from inspector.jobs.labelling.guesses import Estimate, Guesses

if TYPE_CHECKING:
    from models.classification.live_propagation import LivePropagation
    from models.classification.propagate import NeighbourGraph
    from models.suggestions.quick_suggest import SuggestionPool
    from models.suggestions.suggest import Guess, Suggestion
    from models.suggestions.unusual import UnusualPool


@dataclass(frozen=True)
class Suggested:
    """An image worth labelling, and why.

    Attributes:
        reason: in words, 'stands for a group of 212 images not labelled yet'.
        kind: 'typical', 'different', 'unusual', 'uncertain' or 'random'.
        group: the images that the reason is about, this one first, then by likeness.
    """

    image_id: int
    reason: str
    kind: str
    group: tuple[int, ...]


@dataclass
class _Derived:
    """What is computed once from features and graph, when it is first needed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    propagation: LivePropagation | None = None
    suggestions: SuggestionPool | None = None


@dataclass(frozen=True)
class _Known:
    """Labels that lie in the basis: positions (n,) in rising order, class indices (n,), the classes' names."""

    positions: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LabelBasis:
    """N images, by position.

    Attributes:
        image_ids: (N,) int64 in rising order.
        unit: unit-length features (N, D) float32, whose inner products are cosines.
        description: of the features in words, 'encoder of run 5 and texture spectrum'.
        encoder_run: the pretraining run whose encoder made them, if one did.
        unusual: how unusual each image is, where an anomaly detector has looked at them.
        groups: (N,) equal numbers for images that belong together, so that none judges another; None: each alone.
        points: the map (N, 2), once it is there.
    """

    image_ids: np.ndarray
    unit: np.ndarray
    graph: NeighbourGraph
    description: str
    encoder_run: int | None
    unusual: UnusualPool | None = None
    groups: np.ndarray | None = None
    points: np.ndarray | None = None
    _derived: _Derived = field(default_factory=_Derived, repr=False)

    def with_points(self, points: np.ndarray) -> LabelBasis:
        """The same with a map (N, 2)."""
        return replace(self, points=points)

    def guess(self, labels: Mapping[int, str]) -> Guesses | None:
        """What labels (class by image id) say of every image; None below two classes."""
        known = self._known(labels)
        if len(known.classes) < 2:
            return None
        spread = self._propagation().spread(known.positions, known.labels, len(known.classes))
        correct = int(np.count_nonzero(spread.answers == known.labels[spread.judged]))
        estimate = Estimate.of(correct=correct, n=len(spread.judged))
        return Guesses(self.image_ids, known.classes, spread.probabilities, estimate)

    def suggest(
        self,
        labels: Mapping[int, str],
        *,
        count: int,
        strategy: str = "auto",
        skipped: Collection[int] = frozenset(),
        seed: int = 0,
    ) -> list[Suggested]:
        """Up to `count` images that have no label and were not skipped, the most useful first.

        Args:
            strategy: one of models.suggestions.suggest.STRATEGIES; without labels of two classes doubt is not possible,
                and typical images come instead.
            skipped: ids not to suggest, known to this basis or not.
        """
        from models.suggestions.suggest import at_random, different_share
        from models.suggestions.unusual import joined

        known = self._known(labels)
        skipped_rows = self._rows(np.array(sorted(skipped), dtype=np.int64))
        if strategy == "random":
            taken = np.union1d(known.positions, skipped_rows)
            return self._named(at_random(len(self.image_ids), taken, count, seed=seed))
        unusual = self._most_unusual(known, np.union1d(known.positions, skipped_rows), count, strategy)
        others = count - len(unusual)
        if not others:
            return self._named(unusual)
        skipped_rows = np.union1d(skipped_rows, [s.position for s in unusual]).astype(np.int64)
        share, guess = self._doubt(known, labels, strategy, seed)
        chosen = self._suggestions().suggest(
            known.positions,
            others,
            skipped=skipped_rows.tolist(),
            different_share=different_share(known.labels) if strategy == "auto" else 0.0,
            uncertain_share=share,
            guess=guess,
            seed=seed,
        )
        return self._named(joined(unusual, chosen))

    def _most_unusual(self, known: _Known, avoided: np.ndarray, count: int, strategy: str) -> list[Suggestion]:
        """The unusual images that belong into a list of `count`."""
        wanted = 0 if self.unusual is None else self.unusual.wanted(strategy, count, known.positions, known.labels)
        if self.unusual is None or not wanted:
            return []
        return self.unusual.suggest(known.positions, known.labels, avoided.astype(np.int64), wanted)

    def similar(self, image_id: int, count: int) -> list[int]:
        """The ids of the `count` most similar images, itself left out; none of an image that is not in the basis."""
        rows = self._rows(np.array([image_id]))
        if not len(rows):
            return []
        cosines = self.unit @ self.unit[rows[0]]
        cosines[rows[0]] = -np.inf
        count = min(count, len(cosines) - 1)
        nearest = np.argpartition(-cosines, count)[:count] if count < len(cosines) else np.arange(len(cosines))
        return self.image_ids[nearest[np.argsort(-cosines[nearest], kind="stable")]].tolist()

    def warm_up(self) -> None:
        """Do now what the first suggestion would wait for."""
        import sklearn.cluster  # noqa: F401  loading it takes a second or two

        self._suggestions()
        self._propagation()

    def _doubt(self, known: _Known, labels: Mapping[int, str], strategy: str, seed: int) -> tuple[float, Guess | None]:
        """The share of uncertain images, and what they are uncertain by."""
        from models.suggestions.suggest import Guess

        if strategy == "typical" or len(known.classes) < 2:
            return 0.0, None
        share = 1.0
        if strategy == "auto":
            share = self._suggestions().uncertain_share(known.positions, known.labels, len(known.classes), seed=seed)
        guesses = self.guess(labels)
        return share, None if guesses is None else Guess(guesses.probabilities, guesses.classes)

    def _known(self, labels: Mapping[int, str]) -> _Known:
        ids = np.fromiter(labels, dtype=np.int64, count=len(labels))
        ids.sort()
        rows = self._rows(ids)
        names = [labels[image_id] for image_id in self.image_ids[rows].tolist()]
        classes = tuple(sorted(set(names)))
        index = {name: k for k, name in enumerate(classes)}
        return _Known(rows, np.array([index[name] for name in names], dtype=np.int64), classes)

    def _rows(self, image_ids: np.ndarray) -> np.ndarray:
        """Positions of those ids that the basis holds."""
        places = np.minimum(np.searchsorted(self.image_ids, image_ids), len(self.image_ids) - 1)
        return places[self.image_ids[places] == image_ids]

    def _named(self, chosen: list[Suggestion]) -> list[Suggested]:
        ids = self.image_ids.tolist()
        return [Suggested(ids[s.position], s.reason, s.kind, tuple(ids[i] for i in s.group)) for s in chosen]

    def _propagation(self) -> LivePropagation:
        from models.classification.live_propagation import LivePropagation

        with self._derived.lock:
            if self._derived.propagation is None:
                self._derived.propagation = LivePropagation(self.graph, self.groups)
            return self._derived.propagation

    def _suggestions(self) -> SuggestionPool:
        from models.suggestions.quick_suggest import SuggestionPool

        with self._derived.lock:
            if self._derived.suggestions is None:
                self._derived.suggestions = SuggestionPool.build(self.unit, self.graph)
            return self._derived.suggestions

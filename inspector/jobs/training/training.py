"""What the ways of training share: the labels that they get and what they end with."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from inspector.jobs.pool.pool_groups import groups_of
from models.errors import KnownError

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.pool.pool import Pool
    from inspector.project import Project
    from models.classification.labelled_pool import Rule
    from models.evaluation.evaluate import Evaluation
    from models.events import Progress
    from models.features.power_transform import Blocks
    from models.finetuning.frozen_or_tuned import Verdict
    from models.prediction.model_file import Classifier


@dataclass(frozen=True)
class TrainRequest:
    """What the user asked for.

    Attributes:
        use_unlabelled: propagate labels over the unlabelled images where out-of-fold figures are for it.
        preset: 'default', or 'paper': a frozen encoder and one linear layer trained by cross-entropy.
        keep_better: compare fine-tuning with the frozen encoder and keep the better one; else what it makes is kept.
    """

    mode: str = "linear"
    encoder: str = "latest"
    features: str = "fused"
    use_unlabelled: bool = True
    preset: str = "default"
    epochs: int | None = None
    device: str = "auto"
    seed: int = 0
    keep_better: bool = True

    @property
    def is_network(self) -> bool:
        """See `trains_network`."""
        return trains_network(vars(self))

    @property
    def reads_encoder(self) -> bool:
        """Whether an encoder takes part; networks have one, whatever the features."""
        return self.features != "texture" or self.is_network

    @property
    def needs_encoder(self) -> bool:
        """Whether there is no training without an encoder."""
        return self.features == "encoder" or self.is_network

    @property
    def without_encoder(self) -> str:
        """The option by which this is trained without a pretrained encoder."""
        return "--encoder random" if self.is_network else "--features texture"

    def as_used(self) -> TrainRequest:
        """The same, with what training does where the way of training leaves no choice: as a run records it."""
        if not self.is_network:
            return replace(self, epochs=None)
        if self.preset != "paper" and self.keep_better:
            return replace(self, features="fused")  # of the frozen head that fine-tuning is held against
        return replace(self, features="encoder", use_unlabelled=False)


def trains_network(config: Mapping[str, Any]) -> bool:
    """Whether a request, or the configuration of a run, trains a network by gradient descent, and no linear head."""
    return config.get("mode", "linear") != "linear" or config.get("preset") == "paper"


@dataclass(frozen=True)
class Labelled:
    """The labelled images of a pool: positions (n,), class indices (n,), the classes' names in order.

    Images with equal `groups` (n,) belong together: none of them may judge what was learned from another.
    """

    positions: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    groups: np.ndarray

    def kept_of(self, images: int, *, most: int, seed: int) -> Kept:
        """Which of a pool of so many `images` are kept where they are more than `most`: labelled ones first.

        No class is lost by it.
        """
        import numpy as np

        from models.classification.thinning import thinned

        if images <= most:
            return Kept(np.arange(images), self)
        rng = np.random.default_rng(seed)
        unlabelled = np.setdiff1d(np.arange(images), self.positions)
        labelled = self.positions[thinned(self.labels, most, rng)]
        rows = np.sort(np.concatenate([labelled, rng.permutation(unlabelled)])[:most])
        chosen = np.isin(self.positions, rows)
        positions = np.searchsorted(rows, self.positions[chosen])
        return Kept(rows, Labelled(positions, self.labels[chosen], self.classes, self.groups[chosen]))

    def told_of_nothing(self) -> list[str]:
        """The classes whose labels all lie in one group, so that figures can't be told of them."""
        from models.evaluation.group_folds import judged_alone

        return [self.classes[k] for k in judged_alone(self.labels, self.groups)]


@dataclass(frozen=True)
class Kept:
    """A part of a pool: the positions (m,) of its images in the whole, and its labels by position in the part."""

    rows: np.ndarray
    labelled: Labelled


@dataclass(frozen=True)
class Learned:
    """What a head was fitted on, apart from the labels: transformed blocks (N, D) of the pool, and the rule."""

    blocks: Blocks
    rule: Rule
    use_unlabelled: bool


@dataclass(frozen=True)
class RunValidation:
    """What a run answered for the labelled images that judged it, as it logs them in the event 'validation'.

    `true` and `predicted` are positions in `classes`; all but `classes` have one entry an image.
    """

    image_ids: tuple[int, ...]
    true: tuple[int, ...]
    predicted: tuple[int, ...]
    confidence: tuple[float, ...]
    classes: tuple[str, ...]

    @classmethod
    def of(
        cls, pool: Pool, labelled: Labelled, indices: np.ndarray, *, predicted: np.ndarray, confidence: np.ndarray
    ) -> RunValidation | None:
        """Of the labels at `indices` (m,) the answers and their confidence, each (m,); None where m is 0."""
        if not len(indices):
            return None
        image_ids = tuple(pool.image_ids[i] for i in labelled.positions[indices].tolist())
        true = tuple(labelled.labels[indices].tolist())
        return cls(image_ids, true, tuple(predicted.tolist()), tuple(confidence.tolist()), labelled.classes)


@dataclass(frozen=True)
class Trained:
    """What either mode ends with.

    Attributes:
        trained_on: positions in the pool.
        answers: those behind `validation`.
        places: which unusual places the classifier judges by, in words; None for one that judges by the whole image.
        probabilities: (N, K) of the pool's images, to be stored as the run's predictions; None if it makes none.
        verdict: of the frozen encoder against the fine-tuned one, where both were tried.
        learned: what the head was fitted on, where there is a head on frozen features.
    """

    classifier: Classifier
    validation: Evaluation | None
    protocol: str
    trained_on: np.ndarray
    answers: RunValidation | None
    places: str | None = None
    probabilities: np.ndarray | None = None
    verdict: Verdict | None = None
    learned: Learned | None = None


def validation_of(project: Project, run_id: int) -> RunValidation | None:
    """The answers that a run was judged by; None for one that kept none."""
    events = project.run_events(run_id, "validation")
    if not events:
        return None
    stored = events[-1].data
    keys = ("image_ids", "true", "predicted", "confidence", "classes")
    return RunValidation(*(tuple(stored[key]) for key in keys))


def labelled_of(project: Project, pool: Pool) -> Generator[Progress, None, Labelled]:
    """Returns the labels of the pool and their groups.

    Raises:
        KnownError: fewer than two classes have a label.
    """
    import numpy as np

    names = pool.labelled(project)
    classes = tuple(sorted(set(names.values())))
    if len(classes) < 2:
        have = f"only {classes[0]!r} has" if classes else "no class has"
        raise KnownError(f"Training needs labels of at least two classes, but {have} any; label more images first.")
    positions = np.array(sorted(names), dtype=np.int64)
    labels = np.array([classes.index(names[i]) for i in positions.tolist()], dtype=np.int64)
    groups = yield from groups_of(project, pool, positions)
    return Labelled(positions, labels, classes, groups)

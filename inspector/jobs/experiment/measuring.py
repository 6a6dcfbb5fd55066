"""Figures of one kind of features on unseen images: by labels drawn, by images clicked, by a linear probe.

N images seen unlabelled, m unseen, D features, K classes.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.jobs.experiment.protocol import draw_labels
from models.evaluation.evaluate import evaluate
from models.events import Progress
from models.stages import ticking

if TYPE_CHECKING:
    from models.features.power_transform import Blocks
    from models.suggestions.suggest import Suggestion


CONFIDENCE_UNITS = 10_000


@dataclass(frozen=True, eq=False)
class FeatureData:
    """Features of the images, and the true classes, which only label draws and the judging read.

    Attributes:
        blocks: transformed, (N, D) in all.
        labels: (N,) true classes.
        drawable: positions of those N that may be labelled.
        groups: (N,) equal numbers for near-duplicates, of which none judges another in a fold of the labels.
        unseen: (m, D) transformed and joined.
        unseen_labels: (m,) true classes.
    """

    blocks: Blocks
    labels: np.ndarray
    drawable: np.ndarray
    groups: np.ndarray
    unseen: np.ndarray
    unseen_labels: np.ndarray
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Answers:
    """What a classifier says of the unseen images: true and answered classes (m,), and how sure it is (m,)."""

    true: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray

    @classmethod
    def of(cls, true: np.ndarray, probabilities: np.ndarray) -> Answers:
        """From probabilities (m, K)."""
        return cls(true, probabilities.argmax(1), probabilities.max(1))

    def scores(self, classes: tuple[str, ...]) -> dict[str, float]:
        """accuracy, macro_f1 and ece, each 0 to 1."""
        figures = evaluate(self.true, self.predicted, self.confidence, classes)
        assert figures.ece is not None
        return {"accuracy": figures.accuracy, "macro_f1": figures.macro_f1, "ece": figures.ece}

    def calibration_json(self) -> dict[str, list]:
        """What a calibration error is made of: confidence times CONFIDENCE_UNITS, and whether the answer was right."""
        confidence = np.round(CONFIDENCE_UNITS * self.confidence).astype(int).tolist()
        return {"confidence": confidence, "right": (self.predicted == self.true).astype(int).tolist()}

    def to_json(self) -> dict[str, list]:
        """Plain lists."""
        confidence = [round(value, 4) for value in self.confidence.tolist()]
        return {"true": self.true.tolist(), "predicted": self.predicted.tolist(), "confidence": confidence}

    @classmethod
    def from_json(cls, stored: dict[str, list]) -> Answers:
        """The opposite of `to_json`."""
        return cls(*(np.asarray(stored[name]) for name in ("true", "predicted", "confidence")))


def answers_by_labels(
    data: FeatureData, positions: np.ndarray, *, seed: int, tick: Progress
) -> Generator[Progress, None, Answers]:
    """Train on the labels at `positions` as the application does, on these features whatever others would say.

    Returns the answers for the unseen images.
    Labels of a single class leave nothing to train: that class is the answer then.
    """
    from models.classification.classifier import fit_linear
    from models.classification.labelled_pool import LabelledPool

    labels = data.labels[positions]
    if len(np.unique(labels)) < 2:
        only = np.full(len(data.unseen_labels), labels[0])
        return Answers(data.unseen_labels, only, np.ones(len(only)))
    pool = LabelledPool.build(data.blocks, positions, labels, data.classes, use_unlabelled=True)
    fit = yield from ticking(fit_linear(pool, groups=data.groups[positions], seed=seed), tick)
    return Answers.of(data.unseen_labels, fit.calibration.probabilities(fit.head.logits(data.unseen)))


def measure_labels(
    data: FeatureData, amount: int | float, *, draws: int, seed: int, title: str
) -> Generator[Progress, None, dict[str, Any]]:
    """Scores and calibration of each draw of so many labels, and the answers of the first.

    Raises:
        KnownError: a class has fewer images.
    """
    scores, calibration, first = [], [], None
    for draw in range(draws):
        tick = Progress(title, draw, draws, "draws")
        yield tick
        drawn = data.drawable[draw_labels(data.labels[data.drawable], amount, seed + draw)]
        answers = yield from answers_by_labels(data, drawn, seed=seed + draw, tick=tick)
        scores.append(answers.scores(data.classes))
        calibration.append(answers.calibration_json())
        first = first or answers
    yield Progress(title, draws, draws, "draws")
    assert first is not None
    return {"scores": scores, "calibration": calibration, "answers": first.to_json()}


def measure_clicks(
    data: FeatureData, totals: tuple[int, ...], *, random: bool, draws: int, seed: int, title: str
) -> Generator[Progress, None, dict[str, Any]]:
    """Scores after each total of labelled images that were suggested or taken at random, for each draw.

    Totals beyond the images there are get left out.
    """
    totals = tuple(total for total in totals if total <= len(data.labels))
    by_total: dict[str, list[dict[str, float]]] = {str(total): [] for total in totals}
    for draw in range(draws):
        positions = np.zeros(0, dtype=np.int64)
        for step, total in enumerate(totals):
            tick = Progress(title, draw * len(totals) + step, draws * len(totals), "steps")
            yield tick
            chosen = next_images(data, positions, total - len(positions), seed=seed + draw, random=random)
            positions = np.concatenate([positions, [s.position for s in chosen]]).astype(np.int64)
            answers = yield from answers_by_labels(data, positions, seed=seed + draw, tick=tick)
            by_total[str(total)].append(answers.scores(data.classes))
    return {"by_total": by_total}


def next_images(data: FeatureData, positions: np.ndarray, wanted: int, *, seed: int, random: bool) -> list[Suggestion]:
    """The images that a person labels next, those at `positions` being labelled."""
    from models.features.extraction import unit_blocks
    from models.suggestions.suggest import at_random, mixture, suggest

    unit = unit_blocks(data.blocks)
    if random:
        return at_random(len(unit), positions, wanted, seed=seed)
    known, indices = np.unique(data.labels[positions], return_inverse=True)
    mixed = mixture(unit, positions, indices, [data.classes[k] for k in known], seed=seed)
    return suggest(unit, positions, wanted, **vars(mixed), seed=seed)


def measure_probe(data: FeatureData, amount: int | float, *, seed: int) -> dict[str, Any]:
    """The field's linear probe: logistic regression on the frozen features, which knows of no unlabelled image."""
    from sklearn.linear_model import LogisticRegression

    from models.features.extraction import joined

    drawn = data.drawable[draw_labels(data.labels[data.drawable], amount, seed)]
    probe = LogisticRegression(C=0.1, max_iter=2_000, random_state=seed)
    probe.fit(joined(data.blocks)[drawn], data.labels[drawn])
    answers = Answers.of(data.unseen_labels, probe.predict_proba(data.unseen))
    return {"scores": [answers.scores(data.classes)], "answers": answers.to_json()}

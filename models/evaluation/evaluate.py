"""How good a classifier's answers are: scores, confusion, and how far they can be trusted on so many images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from models.evaluation.calibration import expected_calibration_error

MAX_CALIBRATION_BINS = 15
IMAGES_PER_CALIBRATION_BIN = 10  # bins of two or three images show an error that is chance alone


@dataclass(frozen=True)
class ClassScore:
    """One class: `precision`, `recall` and `f1` in 0..1 (0 where undefined), `support` true images."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """Scores of a classifier on `images` images.

    `confusion` (K, K) int counts images by true class (rows) and answer (columns), in the order of `classes`, as
    `per_class` is. `interval` holds the limits of `accuracy` at 95 %. `macro_f1` is the mean F1 of the classes that
    have images here. `ece` is the expected calibration error, None where no confidences were given.
    """

    classes: tuple[str, ...]
    confusion: np.ndarray
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    per_class: tuple[ClassScore, ...]
    ece: float | None
    images: int

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dictionaries, with the keys that `inspector evaluate --json` promises."""
        return {
            "images": self.images,
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "interval": list(self.interval),
            "per_class": {name: asdict(score) for name, score in zip(self.classes, self.per_class, strict=True)},
            "confusion": self.confusion.tolist(),
            "classes": list(self.classes),
            "calibration": {"ece": self.ece},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Evaluation:
        """What `to_json` made, such as a run's stored figures.

        Raises:
            KeyError, TypeError: `stored` is something else.
        """
        scores = tuple(ClassScore(**stored["per_class"][name]) for name in stored["classes"])
        low, high = stored["interval"]
        return cls(
            classes=tuple(stored["classes"]),
            confusion=np.array(stored["confusion"], dtype=np.int64),
            accuracy=stored["accuracy"],
            interval=(low, high),
            macro_f1=stored["macro_f1"],
            per_class=scores,
            ece=stored["calibration"]["ece"],
            images=stored["images"],
        )

    def renamed(self, names: Mapping[str, str]) -> Evaluation:
        """The same under other names; classes of one name are one class, where the calibration error can't be told."""
        classes = [names.get(name, name) for name in self.classes]
        kept = tuple(dict.fromkeys(classes))
        if len(kept) == len(classes):
            return replace(self, classes=kept)
        place = [kept.index(name) for name in classes]
        true, predicted = np.nonzero(self.confusion)
        counts = self.confusion[true, predicted]
        positions = np.array(place)
        return evaluate(np.repeat(positions[true], counts), np.repeat(positions[predicted], counts), None, kept)


def evaluate(
    true: np.ndarray, predicted: np.ndarray, confidence: np.ndarray | None, classes: Sequence[str]
) -> Evaluation:
    """Scores the answers `predicted` (n,) against `true` (n,), both int positions in `classes`.

    Macro F1 leaves out classes without a true image (scikit-learn's f1_score with `labels` set to those present).

    Args:
        confidence: (n,) float in 0..1, the probability of each answer; None leaves out the calibration error.

    Raises:
        ValueError: no images, shapes that differ, or a position outside `classes`.
    """
    true, predicted = np.asarray(true, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    confusion = confusion_matrix(true, predicted, len(classes))
    per_class = _class_scores(confusion)
    images, correct = len(true), int(np.trace(confusion))
    return Evaluation(
        classes=tuple(classes),
        confusion=confusion,
        accuracy=correct / images,
        interval=wilson_interval(correct, images),
        macro_f1=float(np.mean([score.f1 for score in per_class if score.support])),
        per_class=per_class,
        ece=None if confidence is None else _calibration_error(confidence, true == predicted),
        images=images,
    )


def confusion_matrix(true: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts (K, K) int64 of images by true class (row) and answer (column), for K = `classes`.

    Raises:
        ValueError: no images, shapes that differ, or a position outside 0..K-1.
    """
    if true.ndim != 1 or true.shape != predicted.shape:
        raise ValueError(f"true {true.shape} and predicted {predicted.shape} must both be (n,)")
    if not len(true):
        raise ValueError("an evaluation needs at least one image")
    if min(true.min(), predicted.min()) < 0 or max(true.max(), predicted.max()) >= classes:
        raise ValueError(f"classes must lie in 0..{classes - 1}")
    cells = true.astype(np.int64) * classes + predicted
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def calibration_bins(images: int) -> int:
    """How many bins a reliability diagram of so many images can fill: 15 as is usual, fewer below 150 images."""
    return max(1, min(MAX_CALIBRATION_BINS, images // IMAGES_PER_CALIBRATION_BIN))


def wilson_interval(correct: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of the proportion `correct` / `total`: lower and upper limit in 0..1.

    Raises:
        ValueError: `total` is not positive, `correct` not in 0..`total`, or `confidence` not between 0 and 1.
    """
    if total < 1 or not 0 <= correct <= total:
        raise ValueError(f"{correct} of {total} is no proportion")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = correct / total
    centre = share + z**2 / (2 * total)
    margin = z * (share * (1 - share) / total + z**2 / (4 * total**2)) ** 0.5
    scale = 1 + z**2 / total
    lower = 0.0 if correct == 0 else (centre - margin) / scale
    upper = 1.0 if correct == total else (centre + margin) / scale
    return lower, upper


def macro_f1_interval(
    confusion: np.ndarray, *, confidence: float = 0.95, resamples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """Bootstrap interval of the macro F1, from images drawn again out of the counts of `confusion` (K, K) int.

    A bootstrap cannot draw errors that were never made, nor right answers, so where every answer was right, or none,
    the Wilson interval of that (which is the accuracy's, and then the F1's too) takes its place.

    Raises:
        ValueError: `confusion` counts no images.
    """
    images = int(confusion.sum())
    if not images:
        raise ValueError("an interval needs at least one image")
    right = int(np.trace(confusion))
    if right in (0, images):
        return wilson_interval(right, images, confidence)
    f1, present = _resampled_f1(confusion, resamples, np.random.default_rng(seed))
    scores = (f1 * present).sum(axis=1) / present.sum(axis=1)
    lower, upper = np.quantile(scores, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(lower), float(upper)


def f1_intervals(confusion: np.ndarray, *, confidence: float = 0.95) -> np.ndarray:
    """Credible interval (K, 2) of each class's F1; NaN for a class without images.

    F1 = 2 J / (1 + J), and J is the share of hits among hits, misses and false alarms, so it has a Beta posterior
    (Goutte and Gaussier, 2005), here with Jeffreys' prior. Over simulated confusions of 3 to 100 images a class limits
    at 90 % hold the true F1 in 90 to 95 of 100 cases; at 3 images they are a quarter narrower than a bootstrap's. A
    class without an error keeps 1 within its limits, one of which none was recognised keeps 0.

    Raises:
        ValueError: `confusion` counts no images.
    """
    from scipy import special

    if not confusion.sum():
        raise ValueError("an interval needs at least one image")
    hits, support = np.diagonal(confusion), confusion.sum(axis=1)
    errors = support + confusion.sum(axis=0) - 2 * hits
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    share = special.betaincinv(hits[:, None] + 0.5, errors[:, None] + 0.5, tails)  # (K, 2)
    share[errors == 0, 1] = 1.0
    share[hits == 0, 0] = 0.0
    share[support == 0] = np.nan
    return 2 * share / (1 + share)


def _resampled_f1(confusion: np.ndarray, resamples: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """F1 (R, K) of R resamples, and whether each class has images in them (R, K).

    Only occupied cells are drawn, so that memory follows them and not the square of K.
    """
    classes = np.eye(len(confusion))
    rows, columns = np.nonzero(confusion)
    counts = confusion[rows, columns]
    draws = rng.multinomial(counts.sum(), counts / counts.sum(), size=resamples)  # (R, cells)
    support = draws @ classes[rows]  # (R, K)
    answered = draws @ classes[columns]
    hits = (draws * (rows == columns)) @ classes[rows]
    return 2 * hits / np.maximum(support + answered, 1), support > 0


def _class_scores(confusion: np.ndarray) -> tuple[ClassScore, ...]:
    hits, support, answered = np.diagonal(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    precision = hits / np.maximum(answered, 1)
    recall = hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(support + answered, 1)
    return tuple(
        ClassScore(float(p), float(r), float(f), int(s))
        for p, r, f, s in zip(precision, recall, f1, support, strict=True)
    )


def _calibration_error(confidence: np.ndarray, correct: np.ndarray) -> float:
    return expected_calibration_error(confidence, correct, bins=calibration_bins(len(correct)))

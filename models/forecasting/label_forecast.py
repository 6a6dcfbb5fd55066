"""How many more labels? F1 of each class and their mean, now and with more labels, with 90 % intervals.

A forecast is of the F1 that the same rule would reach on the pool's images without a label, if there were so many
labels in all, drawn as they were so far. n labels of K classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from models.evaluation.evaluate import f1_intervals, macro_f1_interval
from models.forecasting.curve_posterior import CurvePosterior, Doubt, Seen

CONFIDENCE = 0.9
TIMES = (1.0, 1.5, 2.0, 3.0, 5.0)  # the labels at hand
TOLD_TIMES = 2.0  # what the sentence tells of
FEWEST_LABELS = 5  # of each class, that judge
WIDEST = 0.4  # an interval of the mean F1 that is wider tells nothing
WORTH = 0.01  # of mean F1: less is hardly a help
OF_MEAN, OF_CLASS = Doubt(0.1, 1.0), Doubt(0.3, 1.3)
WEIGHTS = (0.35, 0.5, 0.6)  # of heads on a quarter, on a half, on the labels of the other folds: the same labels judge


@dataclass(frozen=True)
class CurveStep:
    """What heads fitted on so many labels, on average, answered: counts (K, K) by true class (row) and answer."""

    labels: float
    confusion: np.ndarray


@dataclass(frozen=True)
class F1Range:
    """An F1 with limits at 90 %."""

    f1: float
    low: float
    high: float

    def __str__(self) -> str:
        """'95 % (93 to 97)'."""
        return f"{100 * self.f1:.0f} % ({100 * self.low:.0f} to {100 * self.high:.0f})"


@dataclass(frozen=True)
class ForecastPoint:
    """What so many labels in all would bring: `per_class` in the order of the forecast's classes."""

    labels: int
    macro_f1: F1Range
    per_class: tuple[F1Range, ...]


@dataclass(frozen=True)
class LabelForecast:
    """F1 now, out of fold, and what more labels would make of it.

    Attributes:
        classes: those with labels that judge.
        labels: at hand.
        now, now_per_class: measured on labels that were held out.
        seen: labels and mean F1 of heads that were fitted on fewer labels than are at hand.
        points: by rising number of labels, the first of those at hand; none where a class has too few labels.
        fewest: the class with the fewest labels to judge by, and how many.
        unlabelled: images that have no label yet; None where that is not known.
    """

    classes: tuple[str, ...]
    labels: int
    now: F1Range
    now_per_class: tuple[F1Range, ...]
    seen: tuple[tuple[float, float], ...]
    points: tuple[ForecastPoint, ...]
    fewest: tuple[str, int]
    unlabelled: int | None = None

    @property
    def told(self) -> ForecastPoint | None:
        """The point that the sentence tells of."""
        return next((p for p in self.points if p.labels >= TOLD_TIMES * self.labels), None)

    @property
    def outcome(self) -> str:
        """'too few labels', 'hardly a help' or 'help'."""
        if self.told is None or self.told.macro_f1.high - self.told.macro_f1.low > WIDEST:
            return "too few labels"
        return "help" if self.told.macro_f1.f1 - self.now.f1 >= WORTH else "hardly a help"

    @property
    def sentence(self) -> str:
        """One sentence for the user."""
        if self.told is None:
            name, judged = self.fewest
            return (
                f"Too few labels to tell how far more would help: '{name}' has {judged} to judge by; label "
                f"{FEWEST_LABELS} or more images of each class{self._imports(1)}."
            )
        wanted, then = self.told.labels - self.labels, self.told.macro_f1
        more, imports, now = f"{wanted:,} more", self._imports(wanted), f"{100 * self.now.f1:.0f} %"
        if self.outcome == "too few labels":
            between = f"between {100 * then.low:.0f} and {100 * then.high:.0f} %"
            return (
                f"Too few labels to tell how far more would help: with {more}, mean F1 may lie anywhere "
                f"{between}{imports}."
            )
        if self.outcome == "hardly a help":
            said = f"More labels will hardly help: with {more}, mean F1 would be about {then}, against {now} now"
        else:
            said = f"{more} labels would raise mean F1 from {now} to about {then}{imports}"
        weakest = self.weakest
        if weakest is None:
            return f"{said}."
        return f"{said}; label more of '{weakest[0]}', the weakest class at {weakest[1]}."

    def _imports(self, wanted: int) -> str:
        """What is to be done where fewer images than are `wanted` have no label; '' where there are enough."""
        if self.unlabelled is None or self.unlabelled >= wanted:
            return ""
        if self.unlabelled == 0:
            return "; every image has a label, so import more images"
        have = "1 image has" if self.unlabelled == 1 else f"{self.unlabelled:,} images have"
        return f"; only {have} none yet, so import more images"

    @property
    def weakest(self) -> tuple[str, F1Range] | None:
        """The class with the lowest F1 now, where its upper limit lies below the mean F1: else it may be chance."""
        name, lowest = min(zip(self.classes, self.now_per_class, strict=True), key=lambda item: item[1].f1)
        return (name, lowest) if lowest.high < self.now.f1 else None

    def renamed(self, names: Mapping[str, str]) -> LabelForecast:
        """The same with other names of the classes, no two of which are equal."""
        fewest, judged = self.fewest
        classes = tuple(names.get(name, name) for name in self.classes)
        return replace(self, classes=classes, fewest=(names.get(fewest, fewest), judged))

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dictionaries, with the keys that `inspector train --json` promises."""
        return {
            "outcome": self.outcome,
            "sentence": self.sentence,
            "labels": self.labels,
            "confidence": CONFIDENCE,
            "macro_f1": asdict(self.now),
            "per_class": self._by_class(self.now_per_class),
            "points": [
                {"labels": p.labels, "macro_f1": asdict(p.macro_f1), "per_class": self._by_class(p.per_class)}
                for p in self.points
            ],
            "seen": [list(pair) for pair in self.seen],
            "fewest": list(self.fewest),
            "unlabelled": self.unlabelled,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> LabelForecast:
        """What `to_json` made.

        Raises:
            KeyError, TypeError: `stored` is something else.
        """
        classes = tuple(stored["per_class"])
        points = [
            ForecastPoint(p["labels"], F1Range(**p["macro_f1"]), _ranges(p["per_class"], classes))
            for p in stored["points"]
        ]
        return cls(
            classes=classes,
            labels=stored["labels"],
            now=F1Range(**stored["macro_f1"]),
            now_per_class=_ranges(stored["per_class"], classes),
            seen=tuple((labels, f1) for labels, f1 in stored["seen"]),
            points=tuple(points),
            fewest=(stored["fewest"][0], stored["fewest"][1]),
            unlabelled=stored.get("unlabelled"),  # runs of earlier versions do not know it
        )

    def _by_class(self, ranges: Sequence[F1Range]) -> dict[str, dict[str, float]]:
        return {name: asdict(found) for name, found in zip(self.classes, ranges, strict=True)}


def forecast_labels(
    held_out: np.ndarray,
    steps: Sequence[CurveStep],
    *,
    classes: Sequence[str],
    labels: int,
    held_out_share: float = 0.2,
    images: int | None = None,
    times: Sequence[float] = TIMES,
) -> LabelForecast:
    """Forecast from what heads answered for labels that they had not seen.

    Args:
        held_out: counts (K, K) by true class and answer, of folds that leave out `held_out_share` of the labels each.
        steps: of heads on a quarter and on a half of the labels.
        labels: n, at hand.
        images: how many images without a label the figure is of; None, or where none is left: so many that chance plays
            no part.

    Raises:
        ValueError: nothing was held out.
    """
    judged = held_out.sum(1)
    if not judged.any():
        raise ValueError("a forecast needs at least one label that was held out")
    kept = np.flatnonzero(judged)
    names = tuple(classes[k] for k in kept.tolist())
    fewest = kept[np.argmin(judged[kept])]
    limits = f1_intervals(held_out, confidence=CONFIDENCE)
    now = _Figures.of(held_out, kept)
    curve = [(step.labels / labels, _Figures.of(_scaled(step.confusion, labels), kept)) for step in steps]
    curve.append((1 - held_out_share, now))
    points = []
    if judged[fewest] >= FEWEST_LABELS:
        share = images / judged.sum() if images else None
        mean = _posterior([(x, f.macro_f1, f.trials) for x, f in curve])
        each = [_posterior([(x, f.f1[i], f.class_trials[i]) for x, f in curve]) for i in range(len(kept))]
        for x in times:
            ranges = [
                _range(posterior, OF_CLASS, x, float(judged[k]), None if share is None else share * now.class_trials[i])
                for i, (k, posterior) in enumerate(zip(kept.tolist(), each, strict=True))
            ]
            trials = None if share is None else share * now.trials
            points.append(
                ForecastPoint(round(x * labels), _range(mean, OF_MEAN, x, labels / len(kept), trials), tuple(ranges))
            )
    return LabelForecast(
        classes=names,
        labels=labels,
        now=F1Range(now.macro_f1, *macro_f1_interval(held_out, confidence=CONFIDENCE)),
        now_per_class=tuple(F1Range(float(now.f1[i]), *limits[k].tolist()) for i, k in enumerate(kept.tolist())),
        seen=tuple((round(x * labels, 1), figures.macro_f1) for x, figures in curve),
        points=tuple(points),
        fewest=(classes[fewest], int(judged[fewest])),
        unlabelled=images,
    )


@dataclass(frozen=True)
class _Figures:
    """F1 of some classes (k,), and how many independent right-or-wrong answers each is worth (k,); so their mean's.

    F1 = 2 J / (1 + J), where J is the share of TP among TP + FP + FN, whose binomial variance gives F1's.
    """

    f1: np.ndarray
    class_trials: np.ndarray
    macro_f1: float
    trials: float

    @classmethod
    def of(cls, confusion: np.ndarray, kept: np.ndarray) -> _Figures:
        total = (confusion.sum(0) + confusion.sum(1))[kept]
        f1 = 2 * np.diagonal(confusion)[kept] / np.maximum(total, 1e-9)
        return cls(
            f1=f1,
            class_trials=total / (2 - _f1(_with_doubt(confusion))[kept]),
            macro_f1=float(f1.mean()),
            trials=_trials(confusion, kept),
        )


def _f1(confusion: np.ndarray) -> np.ndarray:
    return 2 * np.diagonal(confusion) / (confusion.sum(0) + confusion.sum(1))


def _with_doubt(confusion: np.ndarray) -> np.ndarray:
    """Half an answer more of each class right, and half a one wrong: no count is certain, however few."""
    classes = len(confusion)
    return confusion + np.where(np.eye(classes, dtype=bool), 0.5, 0.5 / max(classes - 1, 1))


def _trials(confusion: np.ndarray, kept: np.ndarray) -> float:
    """m (1 - m) / variance of the mean F1 m, by the delta method over the multinomial counts (K, K)."""
    counts = _with_doubt(confusion)
    f1 = _f1(counts)
    pull = np.where(np.isin(np.arange(len(f1)), kept), f1 / (counts.sum(0) + counts.sum(1)), 0)
    slope = 2 * np.diag(pull / f1) - pull[:, None] - pull[None, :]  # of the sum of F1 by each count
    variance = (counts * slope**2).sum() / len(kept) ** 2 * counts.sum() / confusion.sum()
    mean = f1[kept].mean()
    return float(mean * (1 - mean) / variance)


def _scaled(confusion: np.ndarray, labels: int) -> np.ndarray:
    """As if each label had judged once."""
    return confusion * (labels / confusion.sum())


def _posterior(curve: Sequence[tuple[float, float, float]]) -> CurvePosterior:
    weights = WEIGHTS[-len(curve) :]
    return CurvePosterior.of([Seen(*seen, weight) for seen, weight in zip(curve, weights, strict=True)])


def _range(posterior: CurvePosterior, doubt: Doubt, x: float, labels_a_class: float, trials: float | None) -> F1Range:
    drawn = posterior.f1(x, doubt, labels_a_class=labels_a_class, trials=trials)
    low, middle, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, 0.5, (1 + CONFIDENCE) / 2])
    return F1Range(float(middle), float(low), float(high))


def _ranges(stored: dict[str, Any], classes: Sequence[str]) -> tuple[F1Range, ...]:
    return tuple(F1Range(**stored[name]) for name in classes)

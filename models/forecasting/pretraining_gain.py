"""Did pretraining pay? Features that need it against features that don't, on the same labels, out of fold.

The verdict is about what the user classifies with. It is held against the best of what costs no pretraining, random
weights in the same network among it: that a network is there at all is not its pretraining's merit. So are ImageNet
weights, where the user has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from models.evaluation.evaluate import evaluate, macro_f1_interval
from models.evaluation.paired_difference import PairedDifference

ENCODER = "encoder"
FUSED = "encoder and texture"
PLACES = "unusual places"
TEXTURE = "texture spectrum"
RANDOM = "random encoder"
RANDOM_FUSED = "random encoder and texture"
IMAGENET = "ImageNet weights"
IMAGENET_FUSED = "ImageNet weights and texture"
# What costs no pretraining on these images; the first is named where several are right as often.
WITHOUT_PRETRAINING = (TEXTURE, RANDOM_FUSED, RANDOM, IMAGENET_FUSED, IMAGENET)
FEWEST_LABELS = 20  # with fewer, six images, the least that chance seldom gives, are a third of all
WORTH = 0.03  # where a gain may still be as large as this, more labels are worth giving to find out


class Outcome(StrEnum):
    """What the figures say of pretraining."""

    GAIN = "gain"
    NO_GAIN = "no gain"
    TOO_FEW_LABELS = "too few labels"


@dataclass(frozen=True)
class FeatureScore:
    """How well one kind of features does out of fold, with limits at 95 %; `is_pretrained`: on the user's images."""

    name: str
    is_pretrained: bool
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    macro_f1_interval: tuple[float, float]


@dataclass(frozen=True)
class PretrainingGain:
    """What pretraining brought at the labels at hand.

    Attributes:
        scores: of every kind of features, on the same `difference.images` labels.
        subject: the kind that the user classifies with.
        reference: the best of those that need no pretraining.
        difference: of these two.
        encoder_against_random: the encoder alone less the same network with random weights.
        aside: what the user classifies with where that is not the subject; '' where it is.
    """

    scores: tuple[FeatureScore, ...]
    subject: str
    reference: str
    difference: PairedDifference
    encoder_against_random: PairedDifference
    aside: str = ""

    @property
    def outcome(self) -> Outcome:
        """A gain only where chance alone would seldom part the two so far."""
        if self.difference.images < FEWEST_LABELS:
            return Outcome.TOO_FEW_LABELS
        return Outcome.GAIN if self.difference.interval()[0] > 0 else Outcome.NO_GAIN

    @property
    def verdict(self) -> str:
        """One sentence."""
        measured = f"{points(self.difference)} over the {self.reference} on {self.difference.images:,} labels"
        if self.aside:
            measured += f", by {self.subject}; this run classifies by {self.aside}"
        if self.outcome == Outcome.TOO_FEW_LABELS:
            return f"Too few labels to tell whether pretraining pays: {measured}; give it {FEWEST_LABELS} or more."
        if self.outcome == Outcome.GAIN:
            return f"Pretraining pays: {measured}."
        high = self.difference.interval()[1]
        if high < 0:
            return f"No gain but a loss: {measured}."
        if high < WORTH or self._best_without == 1:
            return f"No gain: {measured}."
        return f"No gain that is sure: {measured}; more labels would tell."

    @property
    def _best_without(self) -> float:
        """Accuracy of the reference."""
        return next(score.accuracy for score in self.scores if score.name == self.reference)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, lists and dictionaries, with the keys that `inspector evaluate --json` promises."""
        return {
            "outcome": str(self.outcome),
            "verdict": self.verdict,
            "labels": self.difference.images,
            "subject": self.subject,
            "reference": self.reference,
            "aside": self.aside,
            "difference": _difference_json(self.difference),
            "encoder_against_random": _difference_json(self.encoder_against_random),
            "features": [asdict(score) for score in self.scores],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PretrainingGain:
        """What `to_json` made.

        Raises:
            KeyError, TypeError: `stored` is something else.
        """
        return cls(
            scores=tuple(_score_from_json(score) for score in stored["features"]),
            subject=stored["subject"],
            reference=stored["reference"],
            difference=_difference_from_json(stored["difference"]),
            encoder_against_random=_difference_from_json(stored["encoder_against_random"]),
            aside=stored.get("aside", ""),
        )


def pretraining_gain(
    true: np.ndarray, answers: Mapping[str, np.ndarray], *, subject: str, classes: tuple[str, ...], aside: str = ""
) -> PretrainingGain:
    """Compare answers that never saw the label of their image.

    Args:
        true: (n,) positions in `classes`.
        answers: (n,) positions in `classes` by kind of features: ENCODER, RANDOM, `subject` and any others.

    Raises:
        ValueError: no images.
        KeyError: one of the three kinds is missing.
    """
    right = {name: predicted == true for name, predicted in answers.items()}
    references = [name for name in WITHOUT_PRETRAINING if name in right]
    reference = max(references, key=lambda name: np.count_nonzero(right[name]))
    return PretrainingGain(
        scores=tuple(_score(name, true, predicted, classes) for name, predicted in answers.items()),
        subject=subject,
        reference=reference,
        difference=PairedDifference.of(right[subject], right[reference]),
        encoder_against_random=PairedDifference.of(right[ENCODER], right[RANDOM]),
        aside=aside,
    )


def points(difference: PairedDifference) -> str:
    """'+4.2 points (−1.1 to 9.5)', with the limits at 95 %."""
    return in_points(difference.value, *difference.interval())


def in_points(value: float, low: float, high: float) -> str:
    """A difference of shares and its limits, as `points` writes it."""
    return f"{100 * value:+.1f} points ({100 * low:.1f} to {100 * high:.1f})".replace("-", "−")


def _score(name: str, true: np.ndarray, predicted: np.ndarray, classes: tuple[str, ...]) -> FeatureScore:
    figures = evaluate(true, predicted, None, classes)
    return FeatureScore(
        name=name,
        is_pretrained=name not in WITHOUT_PRETRAINING,
        accuracy=figures.accuracy,
        interval=figures.interval,
        macro_f1=figures.macro_f1,
        macro_f1_interval=macro_f1_interval(figures.confusion),
    )


def _score_from_json(stored: Mapping[str, Any]) -> FeatureScore:
    limits = {key: tuple(stored[key]) for key in ("interval", "macro_f1_interval")}
    return FeatureScore(**{**stored, **limits})


def _difference_json(difference: PairedDifference) -> dict[str, Any]:
    value = {"accuracy": difference.value, "interval": list(difference.interval())}
    return value | asdict(difference)


def _difference_from_json(stored: Mapping[str, Any]) -> PairedDifference:
    return PairedDifference(stored["images"], stored["gained"], stored["lost"])

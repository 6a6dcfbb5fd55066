"""Whether fine-tuning paid: the frozen encoder's answers against the fine-tuned one's, on labels unseen by both.

The frozen one stays unless the other is better beyond chance (`models.classification.comparison.best_candidate`). With
the better figure alone, fine-tuning would be kept by luck nearly every second time where it changes nothing: its
held-out labels are few. What is lost by this care is a gain too small to be seen on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from models.classification.comparison import best_candidate
from models.evaluation.calibration import Calibration, fit_calibration

Kept = Literal["frozen", "fine-tuned"]
KEPT: tuple[Kept, Kept] = ("frozen", "fine-tuned")
NAMES = {"frozen": "the frozen encoder", "fine-tuned": "the fine-tuned encoder"}


@dataclass(frozen=True)
class Verdict:
    """Which of the two is kept, and how many of the same images each has right (accuracies in 0..1)."""

    kept: Kept
    images: int
    frozen_accuracy: float
    tuned_accuracy: float

    @property
    def sentence(self) -> str:
        """'Kept: the frozen encoder (97.1% against 95.0% on 40 labels that neither had seen).'"""
        frozen_is_kept = self.kept == "frozen"
        figures = (self.frozen_accuracy, self.tuned_accuracy)
        ours, others = figures if frozen_is_kept else figures[::-1]
        luck = ", no more than luck explains" if frozen_is_kept and others > ours else ""
        return (
            f"Kept: {NAMES[self.kept]} ({ours:.1%} against {others:.1%} on {self.images} labels that neither had "
            f"seen{luck})."
        )

    def to_json(self) -> dict[str, Any]:
        """For `train --json`: which is kept, and why."""
        return {"kept": self.kept, "kept_verdict": self.sentence}


@dataclass(frozen=True)
class Choice:
    """The verdict, and the answers of the whole procedure.

    Attributes:
        predicted, confidence: (n,) answers for which neither the fits, nor the choice between the two, nor the
            calibration had seen the label.
        calibration: of the fine-tuned network.
    """

    verdict: Verdict
    predicted: np.ndarray
    confidence: np.ndarray
    calibration: Calibration


def choose(
    frozen_predicted: np.ndarray,
    frozen_confidence: np.ndarray,
    tuned_logits: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
) -> Choice:
    """Choose by all n labels, and judge the choice in each fold by one that the labels of the others made.

    Args:
        frozen_predicted, frozen_confidence: (n,) of the frozen encoder, out of fold.
        tuned_logits: (n, K) of networks that had not seen these labels.
        labels: (n,) class indices.
        folds: (n,) by which the choice is judged.
    """
    both = np.stack([frozen_predicted, tuned_logits.argmax(1)])
    predicted, confidence = frozen_predicted.copy(), frozen_confidence.copy()
    for fold in np.unique(folds):
        inside, outside = folds == fold, folds != fold
        if best_candidate(both[:, outside], labels[outside]) == 1:
            calibration = fit_calibration(tuned_logits[outside], labels[outside])
            probabilities = calibration.probabilities(tuned_logits[inside])
            predicted[inside], confidence[inside] = probabilities.argmax(1), probabilities.max(1)
    frozen_accuracy, tuned_accuracy = (both == labels).mean(1).tolist()
    verdict = Verdict(KEPT[best_candidate(both, labels)], len(labels), frozen_accuracy, tuned_accuracy)
    return Choice(verdict, predicted, confidence, fit_calibration(tuned_logits, labels))

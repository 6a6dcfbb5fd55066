"""Choosing among ways to classify by out-of-fold figures, and judging the choice honestly.

R candidates, n labels that were held out, K classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.evaluation.calibration import Calibration, fit_calibration
from models.evaluation.evaluate import Evaluation, evaluate
from models.events import Notice

OTHERS_TOLD = 2  # by name, beside the one that was chosen


@dataclass(frozen=True)
class Candidates:
    """What each candidate answered for labels that it had not seen. The first is taken unless another is better.

    Attributes:
        names: (R,) in words for the user.
        logits: (R, n, K).
        held_out: (n,) which of the labels these are.
        labels: (n,) class indices.
        folds: (n,) by which the choice is judged.
    """

    names: tuple[str, ...]
    logits: np.ndarray
    held_out: np.ndarray
    labels: np.ndarray
    folds: np.ndarray

    def among(self, held_out: np.ndarray) -> Candidates:
        """The answers for the labels that are among these too."""
        both = np.isin(self.held_out, held_out)
        return Candidates(self.names, self.logits[:, both], self.held_out[both], self.labels[both], self.folds[both])

    def before(self, others: Candidates) -> Candidates:
        """These and then the others, which answered for the same labels."""
        logits = np.concatenate([self.logits, others.logits])
        return Candidates(self.names + others.names, logits, self.held_out, self.labels, self.folds)


@dataclass(frozen=True)
class Comparison:
    """Which candidate to trust, and how good the whole procedure is.

    Attributes:
        best: index of the candidate.
        calibration: by its answers; None where nothing was held out.
        evaluation: of `predicted` and `confidence`; None where nothing was held out.
        predicted, confidence: (n,) answers for which neither the fit, nor the choice of the candidate, nor the
            calibration had seen the label.
        scores: macro F1 of each candidate by name.
    """

    best: int
    calibration: Calibration | None
    evaluation: Evaluation | None
    predicted: np.ndarray
    confidence: np.ndarray
    scores: dict[str, float]

    @property
    def chosen(self) -> str:
        """The candidate to trust, in words."""
        return list(self.scores)[self.best]

    def notice(self, what: str) -> Notice:
        """The choice in words."""
        if not len(self.predicted):
            return Notice(f"{what}: {self.chosen}; with one label a class nothing could be held out to compare.")
        others = sorted(((score, name) for name, score in self.scores.items() if name != self.chosen), reverse=True)
        told = len(others) if len(others) <= OTHERS_TOLD + 1 else OTHERS_TOLD
        not_taken = [f"{score:.1%} ({name})" for score, name in others[:told]]
        if untold := others[told:]:
            not_taken.append(f"{len(untold)} others at most {untold[0][0]:.1%}")
        text = f"Macro F1 out of fold on {len(self.predicted)} labels: {self.scores[self.chosen]:.1%}"
        text += f"; not taken: {', '.join(not_taken)}." if not_taken else "."
        return Notice(f"{what}: {self.chosen}. {text}")


def compare(candidates: Candidates, classes: tuple[str, ...]) -> Comparison:
    """Choose, calibrate and judge.

    In each fold the choice is made anew by the labels of the other folds, and judged by its own.
    """
    logits, labels, folds = candidates.logits, candidates.labels, candidates.folds
    best = best_candidate(logits.argmax(2), labels)
    predicted, confidence = np.zeros(len(labels), dtype=np.int64), np.zeros(len(labels))
    for fold in np.unique(folds):
        inside, outside = folds == fold, folds != fold
        chosen = best_candidate(logits[:, outside].argmax(2), labels[outside])
        calibration = fit_calibration(logits[chosen, outside], labels[outside])
        probabilities = calibration.probabilities(logits[chosen, inside])
        predicted[inside], confidence[inside] = probabilities.argmax(1), probabilities.max(1)
    return Comparison(
        best=best,
        calibration=fit_calibration(logits[best], labels) if len(labels) else None,
        evaluation=evaluate(labels, predicted, confidence, classes) if len(labels) else None,
        predicted=predicted,
        confidence=confidence,
        scores={name: macro_f1(logits[r].argmax(1), labels) for r, name in enumerate(candidates.names)},
    )


def best_candidate(predicted: np.ndarray, labels: np.ndarray) -> int:
    """Which row of predictions (R, n) to trust: the first, unless another is better beyond chance.

    Better means a higher macro F1, and more images put right than wrong by over two standard errors of that count (as
    McNemar's test has it): with a handful of labels a better figure is mostly luck.
    """
    best, best_score = 0, macro_f1(predicted[0], labels)
    first_right = predicted[0] == labels
    for r in range(1, len(predicted)):
        right = predicted[r] == labels
        gained, lost = np.count_nonzero(right & ~first_right), np.count_nonzero(first_right & ~right)
        score = macro_f1(predicted[r], labels)
        if score > best_score and gained - lost > 2 * np.sqrt(gained + lost):
            best, best_score = r, score
    return best


def macro_f1(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Mean F1 of the classes that occur; 0 without labels."""
    f1 = []
    for k in np.unique(labels):
        hit = np.count_nonzero((predicted == k) & (labels == k))
        f1.append(2 * hit / max(np.count_nonzero(predicted == k) + np.count_nonzero(labels == k), 1))
    return float(np.mean(f1)) if f1 else 0.0

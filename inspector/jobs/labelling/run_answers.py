"""What the newest run says of every image, for runs that see more than guesses from labels can: the unusual places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inspector.jobs.labelling.guesses import Estimate, Guesses

if TYPE_CHECKING:
    from inspector.project import Project, RunRecord


@dataclass(frozen=True, eq=False)
class RunAnswers:
    """The likeliest class of M images and its probability.

    Attributes:
        image_ids: (M,) int64 in rising order.
        names: (M,) of the classes.
        confidence: (M,).
        estimate: of the run's accuracy out of fold.
    """

    run: int
    image_ids: np.ndarray
    names: np.ndarray
    confidence: np.ndarray
    estimate: Estimate

    def over(self, guesses: Guesses) -> Guesses:
        """The run's answers in place of guesses that were right less often.

        What the run's class leaves of an image's probability, the others share as they were guessed.
        """
        if guesses.estimate is not None and guesses.estimate.accuracy >= self.estimate.accuracy:
            return guesses
        index = {name: k for k, name in enumerate(guesses.classes)}
        rows = np.searchsorted(guesses.image_ids, self.image_ids)
        rows = np.minimum(rows, len(guesses.image_ids) - 1)
        is_known = (guesses.image_ids[rows] == self.image_ids) & np.isin(self.names, list(index))
        rows, confidence = rows[is_known], self.confidence[is_known]
        best = np.array([index[name] for name in self.names[is_known].tolist()], dtype=np.int64)
        probabilities = guesses.probabilities.copy()
        others = probabilities[rows] + 1e-9
        others[np.arange(len(rows)), best] = 0
        probabilities[rows] = others * ((1 - confidence) / others.sum(1))[:, None]
        probabilities[rows, best] = confidence
        return Guesses(guesses.image_ids, guesses.classes, probabilities, self.estimate, source=f"run {self.run}")


def answers_by_places(project: Project, run: RunRecord) -> RunAnswers | None:
    """The answers of a finished training run that judges by unusual places; None of any other."""
    evaluation = run.metrics.get("evaluation")
    if not run.metrics.get("places") or not evaluation:
        return None
    stored = sorted(project.predictions(run.id), key=lambda prediction: prediction.image_id)
    low, high = evaluation["interval"]
    return RunAnswers(
        run.id,
        np.array([prediction.image_id for prediction in stored], dtype=np.int64),
        np.array([prediction.class_name for prediction in stored], dtype=np.str_),
        np.array([prediction.confidence for prediction in stored], dtype=np.float32),
        Estimate(evaluation["accuracy"], low, high, evaluation["images"]),
    )

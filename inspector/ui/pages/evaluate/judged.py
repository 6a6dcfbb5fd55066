"""The answers that a run is judged by, beside the labels as they are now. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inspector.ui.wording import count
from models.evaluate import Evaluation, evaluate

if TYPE_CHECKING:
    from inspector.jobs.evaluate import EvaluateFinished
    from inspector.jobs.training import RunValidation
    from inspector.project import Project, RunRecord


@dataclass(frozen=True)
class Answer:
    """What a run says of one image; `image_id` is None for an image outside the project."""

    path: Path
    image_id: int | None
    label: str
    answer: str
    confidence: float

    @property
    def is_right(self) -> bool:
        """Whether the label says the same."""
        return self.label == self.answer


@dataclass(frozen=True)
class Judged:
    """A run's answers and figures.

    Attributes:
        measured_on: a sentence that says on which images, and whether any of them was trained on.
        answers: empty for a run that stored its figures alone.
        is_of_training: whether these are the answers that the run was judged by while it trained.
        changed: labels that are others now than when the run was judged; the figures follow them.
    """

    run: int
    measured_on: str
    evaluation: Evaluation
    answers: tuple[Answer, ...]
    is_of_training: bool = True
    changed: int = 0

    @property
    def facts(self) -> str:
        """The sentence over the figures."""
        if not self.changed:
            return self.measured_on
        was = "label has" if self.changed == 1 else "labels have"
        return f"{self.measured_on} {self.changed:,} {was} changed since; the figures follow."

    def in_cell(self, row: int, column: int) -> list[Answer]:
        """The images behind a cell of the matrix, the surest answers first."""
        true, answer = self.evaluation.classes[row], self.evaluation.classes[column]
        return _surest_first(a for a in self.answers if (a.label, a.answer) == (true, answer))

    def disagreements(self) -> list[Answer]:
        """Where label and model say different things, the surest answers first."""
        return _surest_first(a for a in self.answers if not a.is_right)

    def right_examples(self, class_name: str, limit: int) -> list[Answer]:
        """Some images of a class that were recognised, the surest first."""
        return _surest_first(a for a in self.answers if a.is_right and a.label == class_name)[:limit]

    def in_review(self, threshold: float) -> int:
        """How many answers are less sure than the threshold, so that a person would look."""
        return sum(1 for a in self.answers if a.confidence < threshold)

    def sample(self, limit: int, *, least_sure: bool = False) -> list[Answer]:
        """Some images: drawn over all of them, or the least sure."""
        if least_sure:
            return sorted(self.answers, key=lambda a: a.confidence)[:limit]
        drawn = np.random.default_rng(self.run).permutation(len(self.answers))[:limit]
        return [self.answers[i] for i in sorted(drawn.tolist())]

    def confidence(self) -> np.ndarray:
        """Of every answer (n,)."""
        return np.array([a.confidence for a in self.answers])

    def correct(self) -> np.ndarray:
        """Whether every answer is right (n,)."""
        return np.array([a.is_right for a in self.answers], dtype=bool)


def from_validation(
    run: RunRecord, validation: RunValidation, paths: Mapping[int, Path], evaluation: Evaluation
) -> Judged:
    """The answers that a training run was judged by while it trained; images that are gone are left out."""
    classes = validation.classes
    found = zip(validation.image_ids, validation.true, validation.predicted, validation.confidence, strict=True)
    answers = tuple(
        Answer(paths[int(i)], int(i), classes[int(t)], classes[int(p)], float(c))
        for i, t, p, c in found
        if int(i) in paths
    )
    return Judged(run.id, _validation_words(run, evaluation.images), evaluation, answers)


def from_figures(run: RunRecord, evaluation: Evaluation) -> Judged:
    """The figures alone, of a run that kept no answers."""
    return Judged(run.id, _validation_words(run, evaluation.images), evaluation, ())


def from_finished(finished: EvaluateFinished, ids: Mapping[str, int], *, source: str) -> Judged:
    """The answers of a judgement; `ids` are those of the paths in the project, `source` names the CSV if it was one."""
    classes = finished.evaluation.classes
    predicted, confidence = finished.probabilities.argmax(1).tolist(), finished.probabilities.max(1).tolist()
    found = zip(finished.paths, finished.true.tolist(), predicted, confidence, strict=True)
    answers = tuple(Answer(path, ids.get(str(path)), classes[t], classes[p], c) for path, t, p, c in found)
    images = count(len(answers), "image" if source else "labelled image")
    where = f"{images} of {source}" if source else images
    said = f"Measured on {where}. None was trained on."
    if finished.leaks:
        left_out = (
            "1 image that resembles a trained one is"
            if finished.leaks == 1
            else (f"{finished.leaks:,} images that resemble trained ones are")
        )
        said += f" {left_out} left out."
    if finished.unfamiliar:
        verb = "is" if finished.unfamiliar == 1 else "are"
        said += f" {finished.unfamiliar:,} {verb} unlike all that it learned from."
    return Judged(finished.run, said, finished.evaluation, answers, is_of_training=False)


def with_labels(judged: Judged, labels: Mapping[int, str]) -> Judged:
    """The same answers beside the labels as they are now; an image without one is left out."""
    now = [_with_label(answer, labels) for answer in judged.answers]
    kept = [answer for answer in now if answer is not None]
    changed = sum(1 for old, new in zip(judged.answers, now, strict=True) if new is None or new.label != old.label)
    if not changed or not kept:
        return judged
    classes = list(dict.fromkeys([*judged.evaluation.classes, *(answer.label for answer in kept)]))
    positions = {name: k for k, name in enumerate(classes)}
    evaluation = evaluate(
        np.array([positions[answer.label] for answer in kept]),
        np.array([positions[answer.answer] for answer in kept]),
        np.array([answer.confidence for answer in kept]),
        classes,
    )
    return replace(judged, evaluation=evaluation, answers=tuple(kept), changed=changed)


def _with_label(answer: Answer, labels: Mapping[int, str]) -> Answer | None:
    if answer.image_id is None:
        return answer
    label = labels.get(answer.image_id)
    return None if label is None else replace(answer, label=label)


def _validation_words(run: RunRecord, images: int) -> str:
    shown = count(images, "labelled image")
    is_network = run.config.get("mode") == "finetune" or run.config.get("preset") == "paper"
    if is_network and images < run.metrics.get("labels", 0):
        return f"Measured once, at the end of training, on {shown} that no step had seen."
    return f"Cross-validated on {shown}: each was judged by a model that had not seen its label."


def _surest_first(answers: Iterable[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda a: -a.confidence)


def untrained_labels(project: Project, run_id: int, labels: Mapping[int, str]) -> int:
    """How many labelled images a run was not trained on."""
    return len(labels.keys() - project.run_images(run_id, "train"))

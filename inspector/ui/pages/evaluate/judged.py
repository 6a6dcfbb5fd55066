"""The answers that a run is judged by, beside the labels as they are now. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inspector.jobs.training.training import trains_network
from inspector.ui.wording import count
from models.evaluation.evaluate import Evaluation, evaluate

if TYPE_CHECKING:
    from inspector.jobs.evaluation.evaluate import EvaluateFinished
    from inspector.jobs.training.training import RunValidation
    from inspector.project import RunRecord

CHOSEN_KEPT = "kept for judging"
CHOSEN_SINCE = "labelled after the training, not drawn at random: often the least sure ones"


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
        source: the name of the CSV and how many of its images, if it was one.
        is_cross_validated: whether each image was judged by a model that had not seen it, while the run trained.
        is_biased: whether the images may be harder than others, as nobody drew them at random.
        changed: labels that are others now than when the run was judged; the figures follow them.
    """

    run: int
    measured_on: str
    evaluation: Evaluation
    answers: tuple[Answer, ...]
    source: str = ""
    is_cross_validated: bool = False
    is_biased: bool = False
    changed: int = 0

    @property
    def facts(self) -> str:
        """The sentence over the figures."""
        if not self.changed:
            return self.measured_on
        was = "label has" if self.changed == 1 else "labels have"
        return f"{self.measured_on} {self.changed:,} {was} changed since; the figures follow."

    @property
    def classes(self) -> tuple[str, ...]:
        """In the order of the matrix."""
        return self.evaluation.classes

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
    return replace(from_figures(run, evaluation), answers=answers)


def from_figures(run: RunRecord, evaluation: Evaluation) -> Judged:
    """The figures alone, of a run that kept no answers."""
    shown = count(evaluation.images, "labelled image")
    if _is_held_out(run, evaluation.images):
        said = f"Measured once, at the end of training, on {shown} that no step had seen."
        return Judged(run.id, said, evaluation, ())
    said = f"Cross-validated on {shown}: each was judged by a model that had not seen its label."
    return Judged(run.id, said, evaluation, (), is_cross_validated=True)


def from_csv(finished: EvaluateFinished, ids: Mapping[str, int], *, name: str) -> Judged:
    """The answers of a judgement on the images of a CSV; `ids` are those of the paths in the project."""
    answers = _answers(finished, ids)
    images = count(len(answers), "image")
    said = _measured_words(finished, f"{images} of {name}")
    return Judged(finished.run, said, finished.evaluation, answers, source=f"{name}, {images}")


def from_labels(finished: EvaluateFinished, ids: Mapping[str, int], *, among: Set[int], is_kept: bool) -> Judged | None:
    """The answers of a judgement on labels that the run never saw, for the images `among` them; None for none.

    `is_kept` says whether those were kept for judging; others were labelled later.
    """
    everything = _answers(finished, ids)
    answers = tuple(answer for answer in everything if answer.image_id in among)
    if not answers:
        return None
    whole = len(answers) == len(everything)
    evaluation = finished.evaluation if whole else _evaluated(answers, finished.evaluation.classes)
    where = f"{count(len(answers), 'image')} {CHOSEN_KEPT if is_kept else CHOSEN_SINCE}"
    told = finished if whole else replace(finished, unfamiliar=0)  # of a part it is not known
    return Judged(finished.run, _measured_words(told, where), evaluation, answers, is_biased=not is_kept)


def _answers(finished: EvaluateFinished, ids: Mapping[str, int]) -> tuple[Answer, ...]:
    classes = finished.evaluation.classes
    predicted, confidence = finished.probabilities.argmax(1).tolist(), finished.probabilities.max(1).tolist()
    found = zip(finished.paths, finished.true.tolist(), predicted, confidence, strict=True)
    return tuple(Answer(path, ids.get(str(path)), classes[t], classes[p], c) for path, t, p, c in found)


def _measured_words(finished: EvaluateFinished, where: str) -> str:
    said = f"Measured on {where}. None was trained on."
    if finished.leaks:
        left_out = (
            "1 image that resembles a trained one is"
            if finished.leaks == 1
            else f"{finished.leaks:,} images that resemble trained ones are"
        )
        said += f" {left_out} left out."
    if finished.unfamiliar:
        verb = "is" if finished.unfamiliar == 1 else "are"
        said += f" {finished.unfamiliar:,} {verb} unlike all that it learned from."
    return said


def with_labels(judged: Judged, labels: Mapping[int, str]) -> Judged:
    """The same answers beside the labels as they are now; an image without one is left out."""
    now = [_with_label(answer, labels) for answer in judged.answers]
    kept = [answer for answer in now if answer is not None]
    changed = sum(1 for old, new in zip(judged.answers, now, strict=True) if new is None or new.label != old.label)
    if not changed or not kept:
        return judged
    classes = list(dict.fromkeys([*judged.evaluation.classes, *(answer.label for answer in kept)]))
    evaluation = _evaluated(kept, classes)
    return replace(judged, evaluation=evaluation, answers=tuple(kept), changed=changed)


def with_names(judged: Judged, names: Mapping[str, str]) -> Judged:
    """The same in today's names of the classes; those of one name are one class, with figures of their own."""
    if not judged.answers:
        return replace(judged, evaluation=judged.evaluation.renamed(names))
    answers = tuple(
        replace(a, label=names.get(a.label, a.label), answer=names.get(a.answer, a.answer)) for a in judged.answers
    )
    classes = list(dict.fromkeys(names.get(name, name) for name in judged.evaluation.classes))
    return replace(judged, evaluation=_evaluated(answers, classes), answers=answers)


def _evaluated(answers: Sequence[Answer], classes: Sequence[str]) -> Evaluation:
    positions = {name: k for k, name in enumerate(classes)}
    return evaluate(
        np.array([positions[answer.label] for answer in answers]),
        np.array([positions[answer.answer] for answer in answers]),
        np.array([answer.confidence for answer in answers]),
        classes,
    )


def _with_label(answer: Answer, labels: Mapping[int, str]) -> Answer | None:
    if answer.image_id is None:
        return answer
    label = labels.get(answer.image_id)
    return None if label is None else replace(answer, label=label)


def _is_held_out(run: RunRecord, images: int) -> bool:
    return trains_network(run.config) and images < run.metrics.get("labels", 0)


def _surest_first(answers: Iterable[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda a: -a.confidence)

"""Judging a trained classifier on labelled images that it was not trained on."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.evaluation.leaks import LeaksFoundError, find_leaks
from inspector.jobs.evaluation.truth import TruthImage, csv_labels, untrained_labels
from inspector.jobs.evaluation.unfamiliar_words import unlike
from inspector.jobs.pool.pool import open_cache
from inspector.jobs.training.label_forecast import known_forecast
from inspector.jobs.training.pretraining_gain import known_gain
from inspector.jobs.training.todays_names import renamed
from inspector.jobs.training.train import MODEL_FILE
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.training.label_forecast import KnownForecast
    from inspector.jobs.training.pretraining_gain import KnownGain
    from inspector.project import Project, RunRecord
    from models.evaluation.evaluate import Evaluation
    from models.prediction.model_file import Classifier

BATCH = 64
SHOWN_SAMPLES = 12
SHOWN_REASONS = 3


@dataclass(frozen=True)
class EvaluateFinished:
    """The figures, and what is needed to show them.

    Attributes:
        probabilities: (n, K) of the n images measured.
        samples: the first few of the measured images, each uint8 (C, H, W).
        gain: whether pretraining paid for the run, at the labels that it was trained on.
        forecast: what more labels than those would bring.
        leaks: how many images were left out since the run had learned from near-duplicates or others of their group.
        unfamiliar: how many of the images are unlike all that the run has learned from.
        names: what the classifier's classes were called when it judged, by its own names.
    """

    run: int
    evaluation: Evaluation
    protocol: str
    paths: tuple[Path, ...]
    true: np.ndarray
    probabilities: np.ndarray
    samples: tuple[np.ndarray, ...]
    gain: KnownGain
    forecast: KnownForecast
    leaks: int = 0
    unfamiliar: int = 0
    names: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As `evaluate --json` prints it."""
        figures = {**self.evaluation.to_json(), "leaks_left_out": self.leaks, "unfamiliar": self.unfamiliar}
        figures["protocol"] = self.protocol
        return {"run": self.run, **figures, **self.gain.to_json(), **self.forecast.to_json()}


def evaluate(
    project: Project,
    *,
    run_id: int | None = None,
    labels_csv: Path | None = None,
    leave_out_leaks: bool = False,
    device: str = "auto",
) -> Iterator[Any]:
    """Judge a run's classifier (the newest by default) in today's classes: progress, then EvaluateFinished.

    Args:
        labels_csv: judge on the images of a CSV path,label, inside the project or not, instead of on the project's
            labelled images.
        leave_out_leaks: judge without the images that show what the run has learned from.

    Raises:
        LeaksFoundError: there are such images, and they are not to be left out.
        KnownError: no trained run; every labelled image was trained on; no image of the CSV can be read.
    """
    from models.prediction.model_file import load_classifier

    run = _trained_run(project, run_id)
    own = load_classifier(run.folder / MODEL_FILE, device=device)
    names = project.names_today(own.classes)
    classifier = renamed(own, names)
    trained = project.run_images(run.id, "train")
    if labels_csv is None:
        truth = untrained_labels(project, run, trained)
    else:
        truth = yield from csv_labels(project, labels_csv)
    clean = yield from _without_leaks(project, run, truth, leave_out=leave_out_leaks)
    trained_hashes = {image.content_hash for image in project.images() if image.id in trained}
    told = known_gain(project, run.id), known_forecast(project, run.id)
    leaks = len(truth) - len(clean)
    yield from _measure(run, classifier, clean, trained_hashes, *told, leaks=leaks, names=names)


def _trained_run(project: Project, run_id: int | None) -> RunRecord:
    run = project.latest_run("train") if run_id is None else project.run(run_id)
    if run is None:
        raise KnownError(f"{project.folder} has no trained classifier yet; run 'inspector train' first.")
    if run.kind != "train" or run.state != "finished":
        raise KnownError(f"Run {run.id} is a {run.state} {run.kind} run; name a finished training run.")
    return run


def _without_leaks(
    project: Project, run: RunRecord, truth: Sequence[TruthImage], *, leave_out: bool
) -> Generator[Progress, None, list[TruthImage]]:
    """Returns the images that show nothing that the run has learned from."""
    with open_cache(project) as cache:
        leaks = yield from find_leaks(project, run, truth, cache)
    if leaks and not leave_out:
        raise LeaksFoundError(run.id, leaks, measured=len(truth))
    leaking = {leak.measured for leak in leaks}
    clean = [image for image in truth if image.path not in leaking]
    if not clean:
        raise KnownError(
            f"All {len(truth):,} images that would judge run {run.id} are near-duplicates of images that it has "
            "learned from, or of one group with them: label images of another coil or time."
        )
    return clean


def _measure(
    run: RunRecord,
    classifier: Classifier,
    truth: list[TruthImage],
    trained_hashes: set[str],
    gain: KnownGain,
    forecast: KnownForecast,
    *,
    leaks: int,
    names: Mapping[str, str],
) -> Iterator[Any]:
    import numpy as np

    from models.evaluation.calibration import is_level
    from models.evaluation.evaluate import evaluate as score

    probabilities, labels, paths, samples = [], [], [], []
    left_out = _LeftOut()
    for start in range(0, len(truth), BATCH):
        batch, pixels = _prepared(classifier, truth[start : start + BATCH], trained_hashes, left_out)
        if batch:
            probabilities.append(classifier.probabilities(pixels))
            labels += [image.label for image in batch]
            paths += [image.path for image in batch]
            samples += pixels[: max(0, SHOWN_SAMPLES - len(samples))]
        yield Progress("evaluate", min(start + BATCH, len(truth)), len(truth))
    if not paths:
        raise KnownError(f"None of the {len(truth):,} images can judge run {run.id}: {left_out.describe()}.")
    if reasons := left_out.describe():
        yield Notice(f"Some images are left out of the figures: {reasons}.", warning=True)
    classes = tuple(dict.fromkeys([*classifier.classes, *sorted(set(labels))]))
    unknown = [name for name in classes if name not in classifier.classes]
    if unknown:
        yield Notice(f"The classifier was never shown {', '.join(unknown)}: those images count as wrong.", warning=True)
    true = np.array([classes.index(name) for name in labels])
    values = np.concatenate(probabilities)
    unlabelled = (
        "it may have seen some of them unlabelled"
        if classifier.known is None
        else "those it saw unlabelled are judged by heads that were not fitted on them"
    )
    protocol = f"{len(paths)} images whose labels run {run.id} never saw ({unlabelled})."
    if leaks:
        protocol += f" {leaks} more are left out: the run has learned from near-duplicates or others of their group."
    second, first = np.sort(values, axis=1)[:, -2:].T
    unfamiliar = int(np.count_nonzero(is_level(first, second)))
    if unfamiliar:
        protocol += f" {unlike(unfamiliar)}: such answers go to a person."
    yield EvaluateFinished(
        run=run.id,
        evaluation=score(true, values.argmax(1), values.max(1), classes),
        protocol=protocol,
        paths=tuple(paths),
        true=true,
        probabilities=values,
        samples=tuple(samples),
        gain=gain,
        forecast=forecast,
        leaks=leaks,
        unfamiliar=unfamiliar,
        names=names,
    )


@dataclass
class _LeftOut:
    """Images that can't judge a run: how many it was trained on, and the reasons why others can't be used."""

    trained: int = 0
    unusable: list[str] = field(default_factory=list)

    def describe(self) -> str:
        """All of them in words, '' if there are none."""
        parts = [f"{self.trained:,} were trained on"] if self.trained else []
        if self.unusable:
            shown = self.unusable[:SHOWN_REASONS]
            more = [f"and {len(self.unusable) - len(shown):,} more"] if len(self.unusable) > len(shown) else []
            parts.append(f"{len(self.unusable):,} can't be used ({'; '.join([*shown, *more])})")
        return ", ".join(parts)


def _prepared(
    classifier: Classifier, batch: list[TruthImage], trained_hashes: set[str], left_out: _LeftOut
) -> tuple[list[TruthImage], list[np.ndarray]]:
    """The images that can judge, and their pixels; the others are noted in `left_out`."""
    from models.images.reading import ImageError, content_hash, prepare, read_bytes

    kept, pixels = [], []
    settings = classifier.image_settings
    for image in batch:
        try:
            data = read_bytes(image.path)
            found_hash = content_hash(data)
            if found_hash in trained_hashes:
                left_out.trained += 1
                continue
            if image.content_hash not in (None, found_hash):
                raise ImageError("has changed since the import")
            pixels.append(prepare(data, settings))
            kept.append(image)
        except ImageError as error:
            left_out.unusable.append(f"{image.path}: {error}")
    return kept, pixels

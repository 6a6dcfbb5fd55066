"""Judging a trained classifier on labelled images that it was not trained on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.pretraining_gain import known_gain
from inspector.jobs.train import MODEL_FILE
from models.errors import KnownError
from models.events import Notice, Progress

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.pretraining_gain import KnownGain
    from inspector.project import Project, RunRecord
    from models.evaluate import Evaluation
    from models.model_file import Classifier

BATCH = 64
SHOWN_SAMPLES = 12
SHOWN_REASONS = 3


@dataclass(frozen=True)
class TruthImage:
    """An image file and the class that a person gave it; if `content_hash` is given, what the file held then."""

    path: Path
    label: str
    content_hash: str | None = None


@dataclass(frozen=True)
class EvaluateFinished:
    """The figures, and what is needed to show them.

    Attributes:
        probabilities: (n, K) of the n images measured.
        samples: the first few of the measured images, each uint8 (C, H, W).
        gain: whether pretraining paid for the run, at the labels that it was trained on.
    """

    run: int
    evaluation: Evaluation
    protocol: str
    paths: tuple[Path, ...]
    true: np.ndarray
    probabilities: np.ndarray
    samples: tuple[np.ndarray, ...]
    gain: KnownGain

    def to_json(self) -> dict[str, Any]:
        """As `evaluate --json` prints it."""
        return {"run": self.run, **self.evaluation.to_json(), "protocol": self.protocol, **self.gain.to_json()}


def evaluate(
    project: Project, *, run_id: int | None = None, labels_csv: Path | None = None, device: str = "auto"
) -> Iterator[Any]:
    """Judge a run's classifier (the newest by default): progress, then EvaluateFinished.

    Args:
        labels_csv: judge on the images of a CSV path,label, inside the project or not, instead of on the project's
            labelled images.

    Raises:
        KnownError: no trained run; every labelled image was trained on; no image of the CSV can be read.
    """
    from models.model_file import load_classifier

    run = _trained_run(project, run_id)
    classifier = load_classifier(run.folder / MODEL_FILE, device=device)
    trained = project.run_images(run.id, "train")
    if labels_csv is None:
        truth = _untrained_labels(project, run, trained)
    else:
        truth = yield from _csv_labels(project, labels_csv)
    trained_hashes = {image.content_hash for image in project.images() if image.id in trained}
    yield from _measure(run, classifier, truth, trained_hashes, known_gain(project, run.id))


def _trained_run(project: Project, run_id: int | None) -> RunRecord:
    run = project.latest_run("train") if run_id is None else project.run(run_id)
    if run is None:
        raise KnownError(f"{project.folder} has no trained classifier yet; run 'inspector train' first.")
    if run.kind != "train" or run.state != "finished":
        raise KnownError(f"Run {run.id} is a {run.state} {run.kind} run; name a finished training run.")
    return run


def _untrained_labels(project: Project, run: RunRecord, trained: set[int]) -> list[TruthImage]:
    labels = project.labels()
    fresh = [image for image in project.images() if image.id in labels and image.id not in trained]
    if not fresh:
        raise KnownError(
            f"Run {run.id} was trained on every labelled image, so none is left to judge it by. Label more images, or "
            "name others with --labels; the cross-validated figures of the training stand in 'inspector info'."
        )
    return [TruthImage(project.image_path(image.id), labels[image.id], image.content_hash) for image in fresh]


def _csv_labels(project: Project, file: Path) -> Generator[Notice, None, list[TruthImage]]:
    """The images of a CSV: absolute paths, relative to the CSV, to an imported folder, or to the current one."""
    from inspector.project import read_label_csv

    rows = [(path, label) for path, label in read_label_csv(file) if label]
    known = project.image_ids_by_path([path for path, _ in rows], base=file.parent)
    truth, unknown = [], []
    for path, label in rows:
        found = next((p for p in (file.parent / path, Path(path)) if p.is_file()), None)
        if found is None and path in known:
            found = project.image_path(known[path])
        if found is None:
            unknown.append(path)
        else:
            truth.append(TruthImage(found, label))
    if unknown:
        shown = ", ".join(unknown[:3]) + (", ..." if len(unknown) > 3 else "")
        yield Notice(f"{len(unknown):,} paths of {file} lead to no file and are left out: {shown}", warning=True)
    if not truth:
        raise KnownError(f"No path of {file} leads to an image; paths may be relative to the CSV's own folder.")
    return truth


def _measure(
    run: RunRecord, classifier: Classifier, truth: list[TruthImage], trained_hashes: set[str], gain: KnownGain
) -> Iterator[Any]:
    import numpy as np

    from models.evaluate import evaluate as score

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
    yield EvaluateFinished(
        run=run.id,
        evaluation=score(true, values.argmax(1), values.max(1), classes),
        protocol=f"{len(paths)} images whose labels run {run.id} never saw (it may have seen some of them unlabelled).",
        paths=tuple(paths),
        true=true,
        probabilities=values,
        samples=tuple(samples),
        gain=gain,
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
    from models.images import ImageError, content_hash, prepare, read_bytes

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

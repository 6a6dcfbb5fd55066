"""Classifying a folder of images with a model file, a run's model or a project's newest one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.running.alone import alone
from inspector.jobs.training.todays_names import renamed
from inspector.jobs.training.train import MODEL_FILE
from inspector.project import Project
from inspector.project.creation import DATABASE_NAME
from inspector.project.runs import RUNS_FOLDER
from models.errors import KnownError

if TYPE_CHECKING:
    from models.prediction.model_file import Classifier

MODEL_SUFFIX = ".safetensors"


def classify(
    folder: Path,
    *,
    model: Path,
    out: Path,
    review_below: float | None = None,
    sort_into: Path | None = None,
    maps_into: Path | None = None,
    device: str = "auto",
    with_earlier: bool = False,
) -> Iterator[Any]:
    """Classify the images below `folder`: events, then models.prediction.predict.ClassifyDone.

    Args:
        model: a model file, the folder of a training run, or a project. A project calls the classes as it does today, a
            file as they were called at training.
        review_below: an image needs review if its confidence is below; None: the usual threshold.
        maps_into: where pictures go that show what the decisions come from.
        with_earlier: whether the rows of an earlier run that was stopped come first, as events too.

    Raises:
        KnownError: no usable model, or see `models.prediction.predict.classify`.
    """
    from models.prediction import predict
    from models.prediction.partial_results import refuse_unusable
    from models.storage.files import linked

    file = model_file(model)
    refuse_unusable(out)
    place = linked(out)
    with alone(out, lock_path=place.with_name(f"{place.name}.partial.lock")):
        # It brings torch, so it comes after all that is quickly refused.
        from models.prediction.model_file import load_classifier

        own = load_classifier(file, device=device)
        classifier = _in_names_of_project(own, model)
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256")
        if classifier.classes != own.classes:  # rows that call them otherwise are not gone on with
            digest.update(json.dumps([classifier.classes, classifier.counts_for]).encode())
        yield from predict.classify(
            folder,
            classifier,
            out=out,
            model_hash=digest.hexdigest(),
            review_below=predict.REVIEW_BELOW if review_below is None else review_below,
            sort_into=sort_into,
            maps_into=maps_into,
            with_earlier=with_earlier,
        )


def model_file(model: Path) -> Path:
    """The model file that the user means.

    Raises:
        KnownError: there is none.
    """
    if model.is_dir():
        return _model_in(model)
    if not model.exists():
        raise KnownError(f"There is no model {model}; name a model file ({MODEL_SUFFIX}), a run's folder or a project.")
    if model.suffix.lower() != MODEL_SUFFIX:
        raise KnownError(f"{model} is no model; name a model file ({MODEL_SUFFIX}), a run's folder or a project.")
    return model


def _model_in(folder: Path) -> Path:
    if (folder / MODEL_FILE).is_file():
        return folder / MODEL_FILE
    if not (folder / DATABASE_NAME).is_file():
        raise KnownError(f"The folder {folder} is neither a project nor that of a training run that has a model.")
    with Project.open(folder, read_only=True) as project:
        run = project.latest_run("train")
    if run is None:
        raise KnownError(f"The project {folder} has no trained classifier yet; run 'inspector train' first.")
    return run.folder / MODEL_FILE


def _in_names_of_project(classifier: Classifier, model: Path) -> Classifier:
    """In the names of today, where `model` is a project or the folder of one of its runs."""
    place = model.absolute()
    folders = [place, *([place.parent.parent] if place.parent.name == RUNS_FOLDER else [])]
    folder = next((folder for folder in folders if (folder / DATABASE_NAME).is_file()), None)
    if folder is None:
        return classifier
    with Project.open(folder, read_only=True) as project:
        return renamed(classifier, project.names_today(classifier.classes))

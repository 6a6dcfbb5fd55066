"""Training a classifier on a project's labels: features, head, validation, model file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.devices import usable_device
from inspector.jobs.events import RunStarted
from inspector.jobs.pool import fill_pool, open_cache
from inspector.jobs.pretraining_gain import measure_pretraining_gain
from inspector.jobs.train_linear import train_linear
from inspector.jobs.train_network import train_network
from inspector.jobs.training import TrainRequest, labelled_of
from inspector.jobs.versions import versions
from models.events import Notice

if TYPE_CHECKING:
    from inspector.project import Project
    from models.evaluate import Evaluation

MODEL_FILE = "model.safetensors"


@dataclass(frozen=True)
class TrainFinished:
    """The figures of a finished run; `validation` is None where nothing could be held out."""

    run: int
    model: Path
    classes: tuple[str, ...]
    labels: int
    validation: Evaluation | None
    seconds: float
    protocol: str

    def to_json(self) -> dict[str, Any]:
        """As `train --json` prints it."""
        figures = None if self.validation is None else self.validation.to_json()
        keys = ("accuracy", "macro_f1", "images", "interval", "calibration")
        empty = {"accuracy": None, "macro_f1": None, "images": 0, "interval": None, "calibration": None}
        return {
            "run": self.run,
            "model": str(self.model),
            "classes": list(self.classes),
            "labels": self.labels,
            "validation": {**({k: figures[k] for k in keys} if figures else empty), "protocol": self.protocol},
            "seconds": round(self.seconds, 3),
        }


def train(project: Project, request: TrainRequest, *, maps: bool = False) -> Iterator[Any]:
    """Train as asked: events, RunStarted when learning begins, then TrainFinished.

    Args:
        maps: whether MapMoved events show what a network makes of the images while it is trained.

    Raises:
        KnownError: too few labels, no encoder, a full disk.
    """
    from models.model_file import save_classifier

    started = time.perf_counter()
    device = yield from usable_device(request.device)
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        labelled = yield from labelled_of(project, pool)
        empty = [record.name for record in project.classes() if record.name not in labelled.classes]
        if empty:
            yield Notice(f"No image is labelled {', '.join(empty)}, so the classifier will not know of it.")
        with project.start_run("train", {**asdict(request), "versions": versions()}) as run:
            yield RunStarted(run.id)
            if request.mode == "linear" and request.preset != "paper":
                trained = yield from train_linear(project, run, pool, labelled, request, device)
            else:
                trained = yield from train_network(project, run, pool, labelled, request, device, maps=maps)
            run.record_images("train", [pool.image_ids[i] for i in trained.trained_on.tolist()])
            if trained.answers is not None:
                run.record_images("validation", trained.answers.image_ids)
                run.log("validation", asdict(trained.answers))
            model = run.folder / MODEL_FILE
            save_classifier(model, trained.classifier)
            finished = TrainFinished(
                run=run.id,
                model=model,
                classes=labelled.classes,
                labels=len(labelled.positions),
                validation=trained.validation,
                seconds=time.perf_counter() - started,
                protocol=trained.protocol,
            )
            more = {"evaluation": _evaluation_json(trained.validation), "places": trained.places}
            run.finish({**finished.to_json(), **more})
        # The classifier is whole by now: whoever stops here loses the comparison alone.
        yield from measure_pretraining_gain(project, run, pool, labelled, request, trained, device)
        yield finished


def _evaluation_json(validation: Evaluation | None) -> dict[str, Any] | None:
    return None if validation is None else validation.to_json()

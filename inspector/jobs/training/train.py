"""Training a classifier on a project's labels: features, head, validation, model file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.jobs.events import RunStarted
from inspector.jobs.pool.encoders import images_seen, needed_encoder
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.running.devices import usable_device
from inspector.jobs.running.versions import versions
from inspector.jobs.training.label_forecast import measure_label_forecast
from inspector.jobs.training.pretraining_gain import measure_pretraining_gain
from inspector.jobs.training.train_better import train_better
from inspector.jobs.training.train_linear import train_linear
from inspector.jobs.training.train_network import check_labels, train_network
from inspector.jobs.training.training import TrainRequest, labelled_of
from models.events import Notice

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.pool.pool import Pool
    from inspector.jobs.training.label_forecast import KnownForecast
    from inspector.project import Project, Run
    from models.evaluation.evaluate import Evaluation
    from models.finetuning.frozen_or_tuned import Verdict

MODEL_FILE = "model.safetensors"


@dataclass(frozen=True)
class TrainFinished:
    """The figures of a finished run.

    Attributes:
        validation: None where nothing could be held out.
        verdict: of the frozen encoder against the fine-tuned one, where both were tried.
        forecast: what more labels would bring; None until it is measured.
    """

    run: int
    model: Path
    classes: tuple[str, ...]
    labels: int
    validation: Evaluation | None
    seconds: float
    protocol: str
    verdict: Verdict | None = None
    forecast: KnownForecast | None = None

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
            **({"kept": None, "kept_verdict": None} if self.verdict is None else self.verdict.to_json()),
            **({} if self.forecast is None else self.forecast.to_json()),
        }


def train(project: Project, request: TrainRequest, *, maps: bool = False) -> Iterator[Any]:
    """Train as asked: events, RunStarted when learning begins, then TrainFinished.

    Args:
        maps: whether MapMoved events show what a network makes of the images while it is trained.

    Raises:
        KnownError: too few labels, no encoder, a full disk.
    """
    from models.prediction.model_file import save_classifier

    started = time.perf_counter()
    request = request.as_used()
    device = yield from usable_device(request.device)
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        labelled = yield from labelled_of(project, pool)
        empty = [record.name for record in project.classes() if record.name not in labelled.classes]
        if empty:
            yield Notice(f"No image to train on is labelled {', '.join(empty)}, so the classifier will not know of it.")
        if request.is_network:
            check_labels(labelled, request)
        # Before there is a run: a missing or mistyped encoder leaves no failed one behind.
        if request.needs_encoder:
            needed_encoder(project, request.encoder, seed=request.seed, otherwise=request.without_encoder)
        seen = images_seen(project, request.encoder) if request.reads_encoder else set()
        with project.start_run("train", {**asdict(request), "versions": versions()}) as run:
            yield RunStarted(run.id)
            run.record_images("seen", seen)
            if not request.is_network:
                trained = yield from train_linear(project, run, pool, labelled, request, device)
            elif request.preset == "paper" or not request.keep_better:
                trained = yield from train_network(project, run, pool, labelled, request, device, maps=maps)
            else:
                trained = yield from train_better(project, run, pool, labelled, request, device, maps=maps)
            run.record_images("train", [pool.image_ids[i] for i in trained.trained_on.tolist()])
            if trained.answers is not None:
                run.record_images("validation", trained.answers.image_ids)
                run.log("validation", asdict(trained.answers))
            if trained.probabilities is not None:
                _save_predictions(project, run, pool, labelled.classes, trained.probabilities)
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
                verdict=trained.verdict,
            )
            more = {"evaluation": _evaluation_json(trained.validation), "places": trained.places}
            run.finish({**finished.to_json(), **more})
        # The classifier is whole by now: whoever stops here loses the forecast or the comparison alone.
        forecast = yield from measure_label_forecast(
            run, labelled, trained, images=len(pool.image_ids), seed=request.seed
        )
        yield from measure_pretraining_gain(project, run, pool, labelled, request, trained, device)
        yield replace(finished, forecast=forecast)


def _evaluation_json(validation: Evaluation | None) -> dict[str, Any] | None:
    return None if validation is None else validation.to_json()


def _save_predictions(
    project: Project, run: Run, pool: Pool, classes: tuple[str, ...], probabilities: np.ndarray
) -> None:
    best = probabilities.argmax(1)
    project.save_predictions(
        run.id,
        [
            (image_id, classes[k], float(row[k]))
            for image_id, k, row in zip(pool.image_ids, best.tolist(), probabilities, strict=True)
        ],
    )

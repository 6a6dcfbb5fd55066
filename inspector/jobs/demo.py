"""The whole job on generated samples, as a user would do it: what `inspector demo` shows."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.events import Notice
from models.storage.files import put_in_place, refuse_taken

if TYPE_CHECKING:
    import numpy as np

    from inspector.jobs.evaluation.evaluate import EvaluateFinished
    from inspector.jobs.pretraining.request import PretrainRequest
    from inspector.project import Project
    from models.prediction.predict import ClassifyDone

PER_CLASS = 60
STRIP_PER_CLASS = 20
LABELS = 30
EPOCHS = 100  # about two minutes on two cores
SEED = 7


@dataclass(frozen=True)
class DemoFinished:
    """Where everything lies, and how it went."""

    project: Path
    results: Path
    report: Path
    pictures: tuple[Path, ...]
    evaluation: EvaluateFinished
    classified: ClassifyDone


def demo(folder: Path) -> Iterator[Any]:
    """Samples, import, pretraining, suggestions, labels, training, evaluation, classification: all their events.

    The person who labels is played by the names of the sample folders; the project takes only those of the suggested
    images before it trains, and the others after that, to be judged by.

    Raises:
        KnownError: the folder is taken or cannot be written.
    """
    from inspector.jobs.classify import classify
    from inspector.jobs.pretraining.pretrain import pretrain
    from inspector.jobs.training.train import train
    from inspector.jobs.training.training import TrainRequest
    from inspector.project import Project

    refuse_taken(folder, "the demo")
    yield Notice("1. Sample images of a steel strip, six kinds of defect")
    strip = yield from write_demo_images(folder)
    with Project.create(folder / "project") as project:
        yield Notice("2. A project: the images are imported without labels")
        yield from project.import_folders([folder / "samples"])
        yield Notice("3. An encoder is pretrained on them")
        yield from pretrain(project, pretraining())
        yield Notice(f"4. The {LABELS} images that are suggested get their labels")
        yield from _label_suggested(project)
        yield Notice("5. A classifier is trained")
        trained = yield from _through(train(project, TrainRequest()))
        yield Notice("6. It is judged on the images that had no label")
        project.label_from_folders()
        evaluation = yield from _through(_reported(project, folder))
        yield Notice("7. A folder of strip images that nothing has seen is classified")
        results = folder / "results.csv"
        classified = yield from _through(classify(strip, model=trained.model, out=results))
        points = yield from _map_points(project)
        pictures = _pictures(project, evaluation, points, folder / "pictures")
    yield DemoFinished(folder / "project", results, folder / "report.html", pictures, evaluation, classified)


def pretraining() -> PretrainRequest:
    """How the demo pretrains: its samples have textures, no small defects."""
    from inspector.jobs.pretraining.request import PretrainRequest

    return PretrainRequest(overrides={"epochs": EPOCHS, "small_defects": False})


def _through(events: Iterator[Any]) -> Generator[Any, None, Any]:
    """Pass a job's events on; returns the last, which is its result."""
    last = None
    for event in events:
        last = event
        yield event
    return last


def write_demo_images(folder: Path) -> Generator[Any, None, Path]:
    """The samples, a folder a class, and strip images, all in one folder, without their class; returns the latter."""
    from inspector.samples import write_samples

    yield from write_samples(folder / "samples", per_class=PER_CLASS, seed=SEED)
    by_class, strip = folder / "strip-by-class", folder / "strip"
    yield from write_samples(by_class, per_class=STRIP_PER_CLASS, seed=SEED + 1)
    strip.mkdir()
    in_turn = sorted(by_class.glob("*/*.png"), key=lambda path: (path.stem[-4:], path.parent.name))
    for number, image in enumerate(in_turn, start=1):
        put_in_place(image, strip / f"strip_{number:04d}.png")
    shutil.rmtree(by_class)
    return strip


def _label_suggested(project: Project) -> Iterator[Any]:
    from inspector.jobs.labelling.suggest import suggest

    finished = yield from _through(suggest(project, count=LABELS))
    labels = {image.image_id: image.path.parent.name for image in finished.images}
    project.label_images(labels, step=f"Label {len(labels)} suggested images", source="demo")


def _reported(project: Project, folder: Path) -> Iterator[Any]:
    from inspector.jobs.evaluation.evaluate import evaluate
    from inspector.jobs.evaluation.report import content_of, write_report

    finished = yield from _through(evaluate(project))
    write_report(project, content_of(finished), folder / "report.html")
    yield finished


@dataclass(frozen=True)
class _MapPoints:
    """The t-SNE map: points (n, 2), class indices (n,), -1 without a label, and the classes."""

    points: np.ndarray
    labels: np.ndarray
    classes: list[str]


def _map_points(project: Project) -> Generator[Any, None, _MapPoints]:
    import numpy as np

    from inspector.jobs.pool.features import pool_features
    from inspector.jobs.pool.pool import fill_pool, open_cache
    from models.features.embed import tsne_map
    from models.features.extraction import unit_blocks
    from models.system.device import pick_device

    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        features = yield from pool_features(project, pool, device=pick_device())
        names = pool.labelled(project)
    classes = sorted(set(names.values()))
    labels = np.array([classes.index(names[i]) if i in names else -1 for i in range(len(pool.hashes))])
    return _MapPoints(tsne_map(unit_blocks(features.blocks)), labels, classes)


def _pictures(project: Project, evaluation: EvaluateFinished, points: _MapPoints, folder: Path) -> tuple[Path, ...]:
    """Map, confusion matrix, samples with their answers, and the course of pretraining, as PNG."""
    from inspector.jobs.evaluation.report import content_of, sample_sheet
    from inspector.report.figures import confusion_figure, curves_figure, map_figure
    from inspector.report.render import save_png

    run = project.latest_run("pretrain")
    assert run is not None
    epochs = [event.data for event in project.run_events(run.id, "epoch")]
    shown = {"Loss": "loss", "Effective rank": "effective_rank"}
    curves = {name: [data.get(key, float("nan")) for data in epochs] for name, key in shown.items()}
    figures = {
        "map.png": map_figure(points.points, points.labels, classes=points.classes),
        "confusion.png": confusion_figure(evaluation.evaluation),
        "samples.png": sample_sheet(content_of(evaluation)),
        "pretraining.png": curves_figure([data["epoch"] for data in epochs], curves),
    }
    folder.mkdir(exist_ok=True)
    for name, figure in figures.items():
        save_png(figure, folder / name)
    return tuple(folder / name for name in figures)

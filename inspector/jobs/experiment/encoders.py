"""The projects of an experiment, one a split, and the encoders that are pretrained in them once."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.jobs.experiment.measuring import FeatureData
from inspector.jobs.experiment.protocol import Truth, hold_back, truth_of, unseen_ids
from inspector.jobs.experiment.stages import shown
from inspector.jobs.grouping.find_groups import find_groups
from inspector.jobs.pool.encoders import ENCODER_FILE
from inspector.jobs.pool.features import pool_features
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.pretraining.pretrain import PretrainFinished, pretrain, resume
from inspector.jobs.pretraining.request import PretrainRequest
from inspector.project import Project
from models.errors import KnownError

if TYPE_CHECKING:
    import torch

    from inspector.jobs.experiment.plan import Plan, Row


@dataclass(frozen=True)
class SplitProject:
    """A project of all images, of which some are judged by.

    Attributes:
        unseen: ids of the images to judge by. All steps leave them out, unless `sees_all`.
        sees_all: pretraining and the neighbours take in the unseen images too, without labels.
    """

    project: Project
    truth: Truth
    unseen: tuple[int, ...]
    sees_all: bool


def fill_project(path: Path, folder: Path) -> Generator[Any, None, None]:
    """Make the project if it is not there, import what it lacks, and find near-duplicates."""
    with Project.open(path) if (path / "project.sqlite").is_file() else Project.create(path) as project:
        yield from shown(project.import_folders([folder]))
        if not project.near_duplicates().keys() >= {image.id for image in project.images()}:
            yield from shown(find_groups(project))


@contextmanager
def split_project(path: Path, folder: Path, *, plan: Plan, seed: int) -> Iterator[SplitProject]:
    """The filled project of a seed, with its unseen images held back.

    Raises:
        KnownError: see `truth_of`.
    """
    with Project.open(path) as project:
        truth = truth_of(project, folder)
        if not project.split():
            hold_back(project, truth, seed=seed, per_class=plan.unseen_per_class)
        yield SplitProject(project, truth, tuple(unseen_ids(project, truth)), sees_all=False)


@contextmanager
def seeing_project(path: Path, folder: Path, unseen_hashes: set[str]) -> Iterator[SplitProject]:
    """The filled project in which every step sees all images without labels; those of the hashes judge."""
    with Project.open(path) as project:
        truth = truth_of(project, folder)
        if truth.unclear and not project.split():
            project.assign_split(dict.fromkeys(truth.unclear, "test"))
        unseen = [image.id for image in project.images() if image.content_hash in unseen_hashes]
        yield SplitProject(project, truth, tuple(unseen), sees_all=True)


def pretrained(split: SplitProject, method: str, plan: Plan, *, seed: int, device: str) -> Generator[Any, None, dict]:
    """Pretrain, or go on with a run that was stopped; returns its figures.

    No image has a label while an encoder is trained.
    """
    project = split.project
    project.label_images(dict.fromkeys(project.labels()), step="Remove the drawn labels", source="experiment")
    earlier = [run for run in project.runs("pretrain") if run.config["method"] == method]
    finished = next((run for run in earlier if run.state == "finished"), None)
    if finished is not None:
        return finished.metrics
    stopped = next((run for run in reversed(earlier) if _can_go_on(run.folder)), None)
    if stopped is not None:
        events = resume(project, stopped.id, device_name=device)
    else:
        overrides = {"seed": seed, "small_defects": False, **({"epochs": plan.epochs} if plan.epochs else {})}
        events = pretrain(project, PretrainRequest(method, plan.preset, overrides, augment=plan.augment, device=device))
    done: PretrainFinished = yield from shown(events)
    return vars(done)


def _can_go_on(run_folder: Path) -> bool:
    from models.pretraining.pretrain import CHECKPOINT

    return (run_folder / CHECKPOINT).is_file()


def encoder_name(split: SplitProject, run: int) -> str:
    """What `--encoder` would say for a run of the project.

    Raises:
        KnownError: its encoder is gone.
    """
    if not (split.project.runs_folder / str(run) / ENCODER_FILE).is_file():
        raise KnownError(
            f"The encoder of {split.project.folder}, run {run}, is gone, so its experiment can't go on: name a new "
            "folder for the results."
        )
    return str(run)


def gather(
    split: SplitProject, row: Row, *, encoder: str, device: torch.device, seed: int
) -> Generator[Any, None, FeatureData]:
    """Features of the images by the application's own jobs. Transforms and neighbours know those of the pool alone."""
    from models.features.extraction import extract, joined

    project, class_of = split.project, split.truth.class_of
    hash_of = {image.id: image.content_hash for image in project.images()}
    with open_cache(project) as cache:
        pool = yield from fill_pool(project, cache)
        made = yield from pool_features(project, pool, which=row.features, encoder=encoder, device=device, seed=seed)
        pixels = pool.pixels(device, [hash_of[i] for i in split.unseen])
        blocks = yield from extract(pixels, made.parts)
    judging, group_of = set(split.unseen), project.groups()
    drawable = [position for position, image_id in enumerate(pool.image_ids) if image_id not in judging]
    return FeatureData(
        blocks=made.blocks,
        labels=np.array([class_of[i] for i in pool.image_ids]),
        drawable=np.array(drawable),
        groups=np.array([group_of[i] for i in pool.image_ids]),
        unseen=joined(made.transform(blocks)),
        unseen_labels=np.array([class_of[i] for i in split.unseen]),
        classes=split.truth.classes,
    )

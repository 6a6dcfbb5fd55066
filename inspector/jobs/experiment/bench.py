"""Carrying out the tasks of an experiment: which project, encoder and features each needs, and what it measures."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.jobs.experiment.encoders import (
    SplitProject,
    encoder_name,
    fill_project,
    gather,
    pretrained,
    seeing_project,
    split_project,
)
from inspector.jobs.experiment.measuring import FeatureData, measure_clicks, measure_labels, measure_probe
from inspector.jobs.experiment.networks import map_points, measure_network
from inspector.jobs.experiment.plan import CLICKS, LABEL_AMOUNTS, Plan, Row, Task
from inspector.jobs.experiment.store import WORK_NAME, Results

if TYPE_CHECKING:
    import torch

SEED_STEP = 1_000  # between the draws of two seeds
FEWEST_FOR_NETWORK = 3  # labels of a class: to train, to stop, to judge


@dataclass
class Bench:
    """Where tasks are carried out; what they measure is stored by the caller.

    Attributes:
        folder: of class folders.
        out: of the results.
        device_name: as the user named it, for jobs that choose themselves.
    """

    folder: Path
    out: Path
    plan: Plan
    device: torch.device
    device_name: str
    results: Results
    _filled: set[Path] = field(default_factory=set)
    _features: dict[tuple[int, Row, bool], FeatureData] = field(default_factory=dict)

    def measure(self, task: Task) -> Generator[Any, None, dict[str, Any]]:
        """Do one task: progress; returns what is to be stored.

        Raises:
            KnownError: images or encoders of the experiment are gone, or the disk is full.
        """
        yield from self._fill(self._seed_path(task.seed))
        yield from self._fill(self._project_path(task))
        with self._split(task) as split:
            reason = _too_few(split, task)
            if reason is not None:
                return {"left_out": reason}
            return (yield from self._of_kind(task, split))

    def _fill(self, path: Path) -> Generator[Any, None, None]:
        if path not in self._filled:
            yield from fill_project(path, self.folder)
            self._filled.add(path)

    def _of_kind(self, task: Task, split: SplitProject) -> Generator[Any, None, dict[str, Any]]:
        if task.kind.startswith("pretrain"):
            return (yield from pretrained(split, task.row.method, self.plan, seed=task.seed, device=self.device_name))
        if task.kind == "network":
            return (yield from self._network(task, split))
        data = yield from self._data(task, split)
        seed = SEED_STEP * task.seed
        if task.kind.startswith("labels"):
            draws = self.plan.label_draws[task.amount]
            amount = LABEL_AMOUNTS[task.amount]
            return (yield from measure_labels(data, amount, draws=draws, seed=seed, title=task.title))
        if task.kind == "clicks":
            random, draws = task.amount == "random", self.plan.click_draws
            return (yield from measure_clicks(data, CLICKS, random=random, draws=draws, seed=seed, title=task.title))
        if task.kind == "probe":
            return measure_probe(data, LABEL_AMOUNTS[task.amount], seed=seed)
        assert task.kind == "map", task
        return {"map": map_points(data.unseen), "true": data.unseen_labels.tolist()}

    def _network(self, task: Task, split: SplitProject) -> Generator[Any, None, dict[str, Any]]:
        paper_epochs = None if task.mode == "frozen" else self.plan.finetune_epochs
        return (
            yield from measure_network(
                split,
                mode=task.mode,
                amount=LABEL_AMOUNTS[task.amount],
                encoder=self._encoder(task, split),
                epochs=self.plan.epochs or paper_epochs,
                seed=SEED_STEP * task.seed,
                device=self.device_name,
                title=task.title,
            )
        )

    def _data(self, task: Task, split: SplitProject) -> Generator[Any, None, FeatureData]:
        """The features of a task, kept while its seed lasts."""
        key = (task.seed, task.row, split.sees_all)
        if key not in self._features:
            self._features = {other: data for other, data in self._features.items() if other[0] == task.seed}
            encoder = "latest" if task.row.features == "texture" else self._encoder(task, split)
            self._features[key] = yield from gather(
                split, task.row, encoder=encoder, device=self.device, seed=task.seed
            )
        return self._features[key]

    def _encoder(self, task: Task, split: SplitProject) -> str:
        if task.row.method == "random":
            return "random"
        kind = "pretrain seeing all" if split.sees_all else "pretrain"
        made_by = Task(kind, task.seed, Row(task.row.method, "encoder"))
        return encoder_name(split, self.results.measurements[made_by.key]["run"])

    @contextmanager
    def _split(self, task: Task) -> Iterator[SplitProject]:
        with split_project(self._seed_path(task.seed), self.folder, plan=self.plan, seed=task.seed) as split:
            if not task.kind.endswith("seeing all"):
                yield split
                return
            hashes = {image.id: image.content_hash for image in split.project.images()}
            unseen = {hashes[image_id] for image_id in split.unseen}
        with seeing_project(self._project_path(task), self.folder, unseen) as seeing:
            yield seeing

    def _seed_path(self, seed: int) -> Path:
        return self.out / WORK_NAME / f"seed-{seed}"

    def _project_path(self, task: Task) -> Path:
        return self.out / WORK_NAME / "seeing-all" if task.kind.endswith("seeing all") else self._seed_path(task.seed)


def _too_few(split: SplitProject, task: Task) -> str | None:
    """Why a task can't be done with these images; None if it can."""
    if not task.amount:
        return None
    unseen, classes = set(split.unseen), split.truth.classes
    labels = [k for image_id, k in split.truth.class_of.items() if image_id not in unseen]
    counts = np.bincount(labels, minlength=len(classes))
    smallest = int(counts.min())
    if not smallest:
        return f"all images of {classes[counts.argmin()]} resemble unseen ones, so none is left to draw labels from."
    if task.kind == "clicks":
        return None
    amount = LABEL_AMOUNTS[task.amount]
    drawn = amount if isinstance(amount, int) else max(1, round(amount * smallest))
    if drawn > smallest:
        return f"the smallest class has only {smallest} images to draw labels from."
    if task.kind == "network" and drawn < FEWEST_FOR_NETWORK:
        few = "1 label" if drawn == 1 else f"{drawn} labels"
        return f"the smallest class would have {few}, and a network needs {FEWEST_FOR_NETWORK}."
    return None

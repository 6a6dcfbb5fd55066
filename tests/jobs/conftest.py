"""Bases to label on, made of a few vectors, and small projects with real images."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from inspector.jobs.labelling.basis import LabelBasis
from inspector.project import Project
from inspector.samples import write_samples
from models.classification.propagate import NeighbourGraph

PER_CLASS = 6  # of each of the six classes


def draw_groups(per_group: int, groups: int, *, spread: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors (n, 12) about one axis a group, and groups (n,)."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(groups), per_group)
    vectors = np.eye(12)[group] + spread * rng.standard_normal((len(group), 12))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), group


@pytest.fixture
def basis_of() -> Callable[..., LabelBasis]:
    """A basis of `groups` groups of `per_group` images; image i has the id 10 + i."""

    def make(per_group: int = 20, groups: int = 3, *, spread: float = 0.1) -> LabelBasis:
        unit, _ = draw_groups(per_group, groups, spread=spread)
        ids = 10 + np.arange(len(unit), dtype=np.int64)
        return LabelBasis(ids, unit, NeighbourGraph.build(unit), "made up", None)

    return make


@pytest.fixture(scope="session")
def _imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    samples, folder = tmp_path_factory.mktemp("jobs") / "samples", tmp_path_factory.mktemp("jobs") / "imported"
    for _ in write_samples(samples, per_class=PER_CLASS, size=64, seed=3):
        pass
    with Project.create(folder) as project:
        for _ in project.import_folders([samples]):
            pass
    return folder


@pytest.fixture
def imported(_imported: Path, tmp_path: Path) -> Iterator[Project]:
    """A project of 36 generated images, six of each of six classes, none labelled."""
    with Project.open(shutil.copytree(_imported, tmp_path / "imported")) as project:
        yield project


@pytest.fixture
def labelled(imported: Project) -> Project:
    """The same, all of them labelled."""
    imported.label_from_folders()
    return imported

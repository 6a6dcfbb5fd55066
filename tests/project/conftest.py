"""Small projects over generated images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.project import ImportFinished, Project

CLASSES = ("crazing", "patches", "scratches")
IMAGES_PER_CLASS = 4


def write_image(path: Path, *, seed: int, shape: Sequence[int] = (12, 12), dtype: type = np.uint8) -> Path:
    """A noise image that depends on its seed alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    high = 256 if dtype is np.uint8 else 4096
    pixels = np.random.default_rng(seed).integers(0, high, size=shape).astype(dtype)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


def run_import(project: Project, *folders: Path) -> ImportFinished:
    """The import's last event."""
    *_, last = project.import_folders(folders)
    assert isinstance(last, ImportFinished)
    return last


@pytest.fixture
def picture() -> Callable[..., Path]:
    return write_image


@pytest.fixture
def importing() -> Callable[..., ImportFinished]:
    return run_import


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project."""
    with Project.create(tmp_path / "project") as made:
        yield made


@pytest.fixture
def steel(tmp_path: Path) -> Path:
    """A folder a class, four images each."""
    for number, name in enumerate(CLASSES):
        for index in range(IMAGES_PER_CLASS):
            write_image(tmp_path / "steel" / name / f"{index}.png", seed=10 * number + index)
    return tmp_path / "steel"


@pytest.fixture
def imported(project: Project, steel: Path) -> Project:
    """A project with the images of `steel`: ids 1 to 12, by class and name."""
    run_import(project, steel)
    return project

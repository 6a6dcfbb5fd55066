"""A whole experiment, as small as one can be, that several tests look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.jobs.experiment import ExperimentFinished, ExperimentRequest, experiment
from inspector.jobs.experiment.plan import ALL, PLANS, Plan
from inspector.samples import write_samples
from models.errors import KnownError

SMALLEST = Plan("quick", methods=("simclr",), fused=False, label_draws={"1 a class": 2, ALL: 1}, clicked=())
PER_CLASS = 10


@pytest.fixture(autouse=True, scope="session")
def _smallest() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PLANS, "quick", SMALLEST)
        yield


@pytest.fixture(scope="session")
def class_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten generated images of 64 px of each of six classes. Shared: nothing may be changed in it."""
    folder = tmp_path_factory.mktemp("experiment") / "images"
    for _ in write_samples(folder, per_class=PER_CLASS, size=64, seed=5):
        pass
    return folder


@pytest.fixture(scope="session")
def finished(class_folders: Path, tmp_path_factory: pytest.TempPathFactory) -> ExperimentFinished:
    """An experiment of one epoch that ran without a stop."""
    out = tmp_path_factory.mktemp("finished")
    return list(experiment(ExperimentRequest(class_folders, out, epochs=1, device="cpu")))[-1]


@pytest.fixture
def known_error() -> Callable[[Iterable[Any]], str]:
    """The sentence with which a job refuses."""

    def sentence(events: Iterable[Any]) -> str:
        with pytest.raises(KnownError) as raised:
            list(events)
        return str(raised.value)

    return sentence

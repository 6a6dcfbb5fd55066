"""What an experiment measures, as its options ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.jobs.experiment import ExperimentRequest
from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.plan import tasks
from inspector.jobs.experiment.statement import protocol


def kinds_and_methods(**options: object) -> set[tuple[str, str]]:
    plan = ExperimentRequest(Path("images"), Path("out"), preset="balanced", **options).plan()
    return {(task.kind, task.row.method) for task in tasks(plan, 1)}


def test_everything_is_measured_by_default():
    found = kinds_and_methods()
    assert {("pretrain", method) for method in ("simclr", "mae", "hybrid")} <= found
    assert {("network", "random"), ("pretrain seeing all", "simclr"), ("clicks", "none")} <= found


def test_methods_that_are_not_named_are_left_out():
    found = kinds_and_methods(methods=("hybrid",))
    assert {method for _, method in found} == {"none", "random", "hybrid"}
    assert ("pretrain", "hybrid") in found


def test_features_only_trains_no_network():
    found = kinds_and_methods(features_only=True)
    assert {kind for kind, _ in found} == {"pretrain", "labels", "probe", "map", "clicks"}


@pytest.mark.parametrize("options", [{}, {"methods": ("hybrid",)}, {"features_only": True}])
def test_the_report_tells_of_no_table_that_is_not_made(options):
    plan = ExperimentRequest(Path("images"), Path("out"), **options).plan()
    stated = " ".join(protocol(Measured(plan, 1, ("a", "b"), 12, {}), folder=Path("images"), images=60))
    is_made = any(task.kind == "labels seeing all" for task in tasks(plan, 1))
    assert ("One table shows what happens" in stated) == is_made
    assert ("Networks keep back" in stated) == any(task.kind == "network" for task in tasks(plan, 1))
    assert ("and the first seed only" in " ".join(plan.left_out())) == is_made

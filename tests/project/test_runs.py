"""Runs from start to end, and those that never came to one."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from inspector.project import Prediction, Project
from models.errors import KnownError


def test_finished_run_is_recorded_whole(imported):
    run = imported.start_run("pretrain", {"seed": 3, "path": imported.folder, "lr": np.float32(0.5)})
    assert imported.run(run.id).state == "running"
    run.log("epoch", {"loss": np.float64(1.5), "ranks": np.arange(2)})
    run.record_images("pretrain", [1, 2, np.int64(3)])
    run.finish({"accuracy": 0.75})
    record = imported.run(run.id)
    assert (record.kind, record.state, record.metrics) == ("pretrain", "finished", {"accuracy": 0.75})
    assert record.config == {"seed": 3, "path": str(imported.folder), "lr": 0.5}
    assert imported.run_images(run.id, "pretrain") == {1, 2, 3}
    assert imported.run_events(run.id)[0].data == {"loss": 1.5, "ranks": [0, 1]}
    assert json.loads((record.folder / "config.json").read_text(encoding="utf-8")) == record.config
    assert [path.name for path in record.folder.iterdir()] == ["config.json"]


def test_runs_are_listed_by_kind_and_state(project):
    project.start_run("pretrain", {}).finish({})
    project.start_run("train", {}).fail("no labels")
    project.start_run("pretrain", {}).cancel()
    assert [(run.id, run.state) for run in project.runs("pretrain")] == [(1, "finished"), (3, "cancelled")]
    assert project.latest_run("pretrain").id == 1
    assert project.latest_run("pretrain", state="cancelled").id == 3
    assert project.latest_run("train") is None
    assert project.run(2).message == "no labels"
    assert project.summary()["runs"][1] == {"id": 2, "kind": "train", "state": "failed"}


def test_unknown_run_is_told(project):
    with pytest.raises(KnownError, match="no run 7"):
        project.run(7)


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        (None, "finished", None),
        (KeyboardInterrupt(), "cancelled", None),
        (GeneratorExit(), "cancelled", None),
        (RuntimeError("shapes differ"), "failed", "shapes differ"),
        (MemoryError(), "failed", "MemoryError"),
    ],
)
def test_leaving_the_block_ends_the_run(project, error, state, message):
    def work() -> None:
        with project.start_run("train", {}):
            if error is not None:
                raise error

    if error is None:
        work()
    else:
        with pytest.raises(type(error)):
            work()
    assert (project.run(1).state, project.run(1).message) == (state, message)


def test_a_run_ends_once(project):
    with project.start_run("train", {}) as run:
        run.finish({"accuracy": 1.0})
        with pytest.raises(RuntimeError, match="ended already"):
            run.cancel()
    assert project.run(1).metrics == {"accuracy": 1.0}


def test_events_are_written_in_batches_and_by_name(project):
    run = project.start_run("train", {})
    for step in range(450):
        run.log("epoch" if step % 100 == 0 else "step", {"step": step})
    assert len(project.run_events(run.id)) >= 400
    run.finish({})
    assert [event.data["step"] for event in project.run_events(run.id)] == list(range(450))
    assert len(project.run_events(run.id, "epoch")) == 5


def test_cancelled_run_is_resumed_with_its_configuration(project):
    project.start_run("train", {"seed": 4}).cancel()
    run = project.resume_run(1)
    assert (run.id, run.config, project.run(1).state) == (1, {"seed": 4}, "running")
    with pytest.raises(KnownError, match="is running"):
        project.resume_run(1)
    run.finish({})
    with pytest.raises(KnownError, match="has finished"):
        project.resume_run(1)


def test_killed_run_counts_as_interrupted_and_can_be_resumed(project):
    code = (
        "import os, sys; from inspector.project import Project\n"
        "run = Project.open(sys.argv[1]).start_run('train', {'seed': 1}); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(project.folder)]).returncode == 9
    assert project.run(1).state == "interrupted"
    project.resume_run(1).finish({})
    assert project.run(1).state == "finished"


def test_copied_project_does_not_take_its_run_for_running(project):
    run = project.start_run("train", {})
    (project.folder / "copy").mkdir()
    with Project.create(project.folder / "copy") as copy, copy._database.transaction() as transaction:
        transaction.execute(
            "INSERT INTO runs (kind, state, config, pid, host, created) VALUES ('train', 'running', '{}', 1, 'h', 't')"
        )
    with Project.open(project.folder / "copy") as copy:
        assert copy.run(1).state == "interrupted"
    run.cancel()


def test_predictions_are_stored_and_replaced(imported):
    run = imported.start_run("train", {})
    imported.save_predictions(run.id, [(2, "a", np.float32(0.5)), (1, "b", 1.0)])
    imported.save_predictions(run.id, iter([(2, "c", 0.25)]))
    assert imported.predictions(run.id) == [Prediction(1, "b", 1.0), Prediction(2, "c", 0.25)]
    run.finish({})


def test_run_images_are_replaced_by_a_later_note(imported):
    run = imported.start_run("train", {})
    run.record_images("train", [1, 2])
    run.record_images("validation", [3])
    run.record_images("train", [2, 4])
    assert imported.run_images(run.id, "train") == {2, 4}
    assert imported.run_images(run.id, "validation") == {3}
    run.finish({})

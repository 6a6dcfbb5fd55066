"""The side bar's lines say what is true now."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.project import RunRecord
from inspector.ui.state.job_progress import Shown
from inspector.ui.state.page_states import ProjectFacts, RunningJob, page_states

LINE_CHARACTERS = 27


def run(number, kind, *, state="finished", metrics=None):
    return RunRecord(number, kind, state, {}, metrics or {}, "2026-11-24T08:00:00+00:00", None, None, Path())


def test_an_empty_project_waits_everywhere():
    states = page_states(ProjectFacts(0, 0, 0, []), None)
    assert states["images"].line == "No images yet"
    assert {states[page].mark for page in ("pretrain", "label", "train", "evaluate", "classify")} == {"waits"}


def test_each_step_is_marked_when_it_is_done():
    metrics = {"validation": {"accuracy": 0.93, "macro_f1": 0.94, "images": 30}}
    runs = [run(1, "pretrain"), run(2, "train", metrics=metrics)]
    states = page_states(ProjectFacts(1800, 30, 6, runs, classified=4312), None)
    assert states["label"].line == "30 of 1,800 labelled"
    assert states["train"].line == "Run 2 · accuracy 0.93"
    assert states["evaluate"].line == "F1 0.94 on 30 images"
    assert states["classify"].line == "4,312 classified"
    assert all(len(state.line) <= LINE_CHARACTERS for state in states.values())


def test_one_class_is_too_few_to_train():
    state = page_states(ProjectFacts(10, 3, 1, []), None)["train"]
    assert (state.line, state.mark) == ("1 of 2 classes labelled", "waits")
    assert page_states(ProjectFacts(10, 3, 2, []), None)["train"].line == "Ready: 3 labels, 2 classes"


def test_a_running_job_takes_its_page():
    shown = Shown(0.2, "Epoch 14 of 60", "step 3 of 9", "", "242 images/s", "4 min 36 s left")
    state = page_states(ProjectFacts(10, 0, 0, []), RunningJob("pretrain", shown))["pretrain"]
    assert (state.line, state.mark, state.share) == ("Epoch 14 of 60 · 4 min left", "running", 0.2)


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (Shown(1.0, "31 of 31", stage="Decoding", time_left="0 s left"), "Decoding · 31 of 31"),
        (Shown(0.3, "1,200 of 4,312", stage="Classifying", time_left="2 min 5 s left"), "Classifying · 2 min left"),
        (Shown(0.3, "9 of 31", stage="Accuracy against labels", time_left="estimating"), "Accuracy against labels"),
    ],
)
def test_a_stage_is_named_before_what_is_counted_in_it(shown, line):
    assert page_states(ProjectFacts(10, 0, 0, []), RunningJob("train", shown))["train"].line == line


def test_a_run_that_failed_counts_for_nothing():
    states = page_states(ProjectFacts(10, 5, 2, [run(1, "train", state="failed")]), None)
    assert states["evaluate"].line == "Needs a trained run"

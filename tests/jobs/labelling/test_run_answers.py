"""inspector.jobs.labelling.run_answers: a run by unusual places answers where guesses from labels are worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inspector.jobs.labelling.guesses import Estimate, Guesses
from inspector.jobs.labelling.run_answers import RunAnswers, answers_by_places

IDS = np.array([3, 5, 8, 9])
WORSE, BETTER = Estimate(0.3, 0.2, 0.4, 100), Estimate(0.95, 0.9, 0.98, 100)
GUESSES = Guesses(IDS, ("crack", "good", "pore"), np.tile(np.float32([0.5, 0.3, 0.2]), (4, 1)), WORSE)
ANSWERS = RunAnswers(
    7,
    np.array([5, 7, 9]),
    np.array(["good", "good", "scale"]),
    np.float32([0.9, 0.9, 0.9]),
    Estimate(0.8, 0.7, 0.9, 50),
)


def test_a_run_that_is_right_more_often_answers():
    answered = ANSWERS.over(GUESSES)
    assert answered.of(5) == [
        ("good", pytest.approx(0.9)),
        ("crack", pytest.approx(0.5 / 7)),
        ("pore", pytest.approx(0.2 / 7)),
    ]
    assert (answered.estimate.accuracy, answered.estimate.n, answered.source) == (0.8, 50, "run 7")


def test_images_and_classes_that_the_run_and_the_labels_do_not_share_are_guessed():
    answered = ANSWERS.over(GUESSES)
    assert answered.of(3) == GUESSES.of(3)
    assert answered.of(9) == GUESSES.of(9)
    assert np.allclose(answered.probabilities.sum(1), 1)


def test_better_guesses_stay():
    better = replace(GUESSES, estimate=BETTER)
    assert ANSWERS.over(better) is better


def test_only_a_run_by_places_with_figures_answers(imported):
    figures = {"accuracy": 0.8, "interval": [0.7, 0.9], "images": 50}
    image = imported.images()[0]
    for metrics in (
        {"places": None, "evaluation": figures},
        {"places": "the most unusual place", "evaluation": figures},
    ):
        with imported.start_run("train", {}) as run:
            imported.save_predictions(run.id, [(image.id, "crack", 0.75)])
            run.finish(metrics)
    whole, places = imported.runs()
    assert answers_by_places(imported, whole) is None
    found = answers_by_places(imported, places)
    assert (found.run, found.image_ids.tolist(), found.names.tolist()) == (places.id, [image.id], ["crack"])
    assert (found.confidence.tolist(), found.estimate) == ([0.75], Estimate(0.8, 0.7, 0.9, 50))


def test_a_renamed_class_answers_under_its_new_name(imported):
    image = imported.images()[0]
    imported.label_images({image.id: "crack"}, step="Label", source="test")
    with imported.start_run("train", {}) as run:
        imported.save_predictions(run.id, [(image.id, "crack", 0.75)])
        run.finish({"places": "one", "evaluation": {"accuracy": 0.8, "interval": [0.7, 0.9], "images": 50}})
    imported.rename_class("crack", new_name="Riss")
    assert answers_by_places(imported, imported.run(run.id)).names.tolist() == ["Riss"]

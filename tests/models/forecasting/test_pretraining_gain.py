"""models.forecasting.pretraining_gain: the verdict on pretraining from answers out of fold."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models.forecasting.pretraining_gain import (
    ENCODER,
    FUSED,
    RANDOM,
    RANDOM_FUSED,
    TEXTURE,
    Outcome,
    PretrainingGain,
    pretraining_gain,
)

CLASSES = ("good", "pore")


def gain_of(labels: int, **wrong: int) -> PretrainingGain:
    """Each kind of features has the first so many images wrong."""
    true = np.arange(labels) % 2
    names = {"encoder": ENCODER, "fused": FUSED, "texture": TEXTURE, "random": RANDOM, "random_fused": RANDOM_FUSED}
    answers = {names[key]: np.where(np.arange(labels) < count, 1 - true, true) for key, count in wrong.items()}
    return pretraining_gain(true, answers, subject=FUSED, classes=CLASSES)


def test_a_clear_gain_is_called_one():
    gain = gain_of(100, encoder=10, fused=4, texture=20, random=50, random_fused=25)
    assert gain.outcome == Outcome.GAIN
    assert gain.verdict.startswith("Pretraining pays: +16.0 points (")
    assert gain.verdict.endswith(" over the texture spectrum on 100 labels.")


def test_what_is_held_against_it_is_the_best_without_pretraining():
    gain = gain_of(100, encoder=10, fused=4, texture=20, random=50, random_fused=5)
    assert gain.reference == RANDOM_FUSED
    assert gain.outcome == Outcome.NO_GAIN
    assert gain.verdict.startswith("No gain that is sure: +1.0 points (−")
    assert gain.verdict.endswith("; more labels would tell.")


@pytest.mark.parametrize(("labels", "wrong"), [(1_000, 40), (40, 0)])
def test_no_gain_is_sure_where_the_limits_leave_none_or_there_is_none_to_be_had(labels, wrong):
    gain = gain_of(labels, encoder=wrong, fused=wrong, texture=wrong, random=wrong)
    assert gain.verdict.startswith("No gain: +0.0 points (−")
    assert gain.verdict.endswith(f" over the texture spectrum on {labels:,} labels.")


def test_worse_than_without_is_no_gain():
    gain = gain_of(100, encoder=10, fused=30, texture=5, random=50)
    assert gain.outcome == Outcome.NO_GAIN
    assert gain.verdict.startswith("No gain but a loss: −25.0 points")


def test_a_run_that_classifies_by_something_else_says_so():
    true = np.arange(100) % 2
    answers = {name: np.where(np.arange(100) < 30, 1 - true, true) for name in (ENCODER, FUSED, RANDOM)}
    aside = "the texture spectrum alone"
    gain = pretraining_gain(true, answers | {TEXTURE: true}, subject=FUSED, classes=CLASSES, aside=aside)
    assert gain.verdict.endswith("by encoder and texture; this run classifies by the texture spectrum alone.")
    assert PretrainingGain.from_json(json.loads(json.dumps(gain.to_json()))).verdict == gain.verdict


def test_few_labels_cannot_tell():
    gain = gain_of(12, encoder=1, fused=1, texture=6, random=6)
    assert gain.outcome == Outcome.TOO_FEW_LABELS
    assert gain.verdict.startswith("Too few labels to tell whether pretraining pays: +41.7 points (")


def test_the_encoder_is_compared_with_random_weights_too():
    gain = gain_of(100, encoder=10, fused=5, texture=5, random=50)
    assert gain.encoder_against_random.value == pytest.approx(0.4)


def test_every_kind_has_its_figures_with_limits():
    gain = gain_of(100, encoder=10, fused=5, texture=5, random=50)
    scores = {score.name: score for score in gain.scores}
    assert scores[ENCODER].accuracy == pytest.approx(0.9)
    assert all(s.interval[0] < s.accuracy < s.interval[1] for s in gain.scores)
    assert all(s.macro_f1_interval[0] < s.macro_f1 < s.macro_f1_interval[1] for s in gain.scores)
    assert [name for name, score in scores.items() if score.is_pretrained] == [ENCODER, FUSED]


def test_it_comes_back_from_json():
    gain = gain_of(100, encoder=10, fused=4, texture=20, random=50)
    stored = json.loads(json.dumps(gain.to_json()))
    assert PretrainingGain.from_json(stored) == gain
    assert (stored["outcome"], stored["labels"]) == ("gain", 100)


@pytest.mark.parametrize("seed", range(3))
def test_chance_alone_is_no_gain(seed):
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 2, 60)
    answers = {name: np.where(rng.random(60) < 0.8, true, 1 - true) for name in (ENCODER, FUSED, TEXTURE, RANDOM)}
    assert pretraining_gain(true, answers, subject=FUSED, classes=CLASSES).outcome == Outcome.NO_GAIN

"""models.small_defects.instance_training: from labels of images alone it learns which of their places shows what."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from models.errors import KnownError
from models.evaluation.calibration import softmax
from models.small_defects.anomaly_detector import PLACES
from models.small_defects.instance_training import (
    PLACES_TRIED,
    InstanceFit,
    answers_of,
    fit_instances,
    log_shares,
    steps_for,
)
from models.small_defects.instances import CUT_PX, Bags
from models.small_defects.multiple_instance import image_logits

CPU = torch.device("cpu")
PLAIN, BRIGHT, DARK = range(3)
LABELS = np.arange(36) % 3


@pytest.fixture
def bags_of(surfaces):
    """Bags of labels (n,): a bright or a dark spot at one of the first three places, which looks the most unusual."""

    def make(labels: np.ndarray, *, seed: int = 0) -> Bags:
        rng = np.random.default_rng(seed)
        crops = surfaces(len(labels) * (PLACES + 1), side=CUT_PX, seed=seed)[0].astype(float)
        crops = crops.reshape(len(labels), PLACES + 1, 1, CUT_PX, CUT_PX)
        y, x = np.mgrid[:CUT_PX, :CUT_PX] - CUT_PX // 2
        logits = rng.normal(-1, 1, (len(labels), PLACES)).astype(np.float32)
        for i, place in enumerate(rng.integers(3, size=len(labels))):
            crops[i, place] += (0, 110, -110)[labels[i]] * np.exp(-(y**2 + x**2) / (2 * 6**2))
            logits[i, place] = logits[i, place] if labels[i] == PLAIN else 2
        return Bags(torch.from_numpy(crops.clip(0, 255).astype(np.uint8)), torch.from_numpy(logits))

    return make


@pytest.fixture
def short(monkeypatch):
    """Call it to train for so many steps, on two folds and on everything."""

    def shorten(steps: int, *, batch: int = 8) -> None:
        changes = {"FIRST_STEPS": steps, "STEPS_PER_LABEL": 0, "BATCH": batch, "FOLDS": 2}
        for name, value in changes.items():
            monkeypatch.setattr(f"models.small_defects.instance_training.{name}", value)

    return shorten


def test_it_tells_bright_from_dark_from_nothing(bags_of, short, detector, finish):
    short(45, batch=16)
    before = copy.deepcopy(detector.state())
    fit: InstanceFit = finish(
        fit_instances(bags_of(LABELS), LABELS, 3, background=PLAIN, detector=detector, device=CPU)
    )
    right = (fit.out_of_fold.argmax(2) == LABELS).mean(1)
    assert right[PLACES_TRIED.index(3)] > 0.6 > right[PLACES_TRIED.index(1)]  # the first place is often another
    unseen = np.repeat([PLAIN, BRIGHT, DARK], 8)
    answers = answers_of(fit.network, detector, bags_of(unseen, seed=1), np.arange(24), CPU)
    assert (image_logits(answers, background=PLAIN, places=3).argmax(1) == unseen).mean() > 0.6
    assert all(torch.equal(values, before[name]) for name, values in detector.state().items())


def test_the_same_seed_gives_the_same_answers(bags_of, short, detector, finish):
    short(2)
    bags = bags_of(LABELS[:12])
    fits = [
        finish(fit_instances(bags, LABELS[:12], 3, background=0, detector=detector, device=CPU, seed=seed))
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(fits[0].out_of_fold, fits[1].out_of_fold)
    assert not np.array_equal(fits[0].out_of_fold, fits[2].out_of_fold)


def test_a_label_that_nothing_can_be_held_out_for_has_no_answer(bags_of, short, detector, finish):
    short(1)
    labels = np.array([0, 0, 0, 1, 1, 2])
    fit = finish(fit_instances(bags_of(labels), labels, 3, background=0, detector=detector, device=CPU))
    assert fit.out_of_fold.shape == (len(PLACES_TRIED), 6, 3)
    assert (fit.out_of_fold[:, :5] != 0).any(2).all()
    assert not fit.out_of_fold[:, 5].any()


def test_one_label_a_class_trains_without_holding_out(bags_of, short, detector, finish):
    short(1)
    labels = np.arange(3)
    fit = finish(fit_instances(bags_of(labels), labels, 3, background=None, detector=detector, device=CPU))
    assert not fit.out_of_fold.any()
    np.testing.assert_allclose(fit.log_prior, np.log([1 / 3] * 3), rtol=1e-6)


def test_without_learning_a_class_is_as_likely_as_its_share(bags_of, short, detector, finish, monkeypatch):
    short(1)
    monkeypatch.setattr("models.small_defects.instance_training.LEARNING_RATE", 0.0)
    labels = np.array([0] * 9 + [1] * 3)
    fit = finish(fit_instances(bags_of(labels), labels, 2, background=0, detector=detector, device=CPU))
    np.testing.assert_allclose(np.exp(fit.log_prior), [0.75, 0.25], rtol=1e-6)
    np.testing.assert_allclose(softmax(fit.out_of_fold), np.broadcast_to([0.75, 0.25], (3, 12, 2)), atol=0.1)


def test_progress_rises_to_its_end(bags_of, short, detector):
    short(10)
    bags = bags_of(LABELS[:9])
    told = list(fit_instances(bags, LABELS[:9], 3, background=0, detector=detector, device=CPU))
    assert {event.total for event in told} == {30}
    assert [event.done for event in told] == [10, 20, 30]


def test_answers_that_are_no_number_are_one_sentence(bags_of, short, detector):
    short(20)
    next(iter(detector.network.parameters())).data.fill_(torch.nan)
    with pytest.raises(KnownError, match="has diverged: an answer is no number"):
        list(fit_instances(bags_of(LABELS[:9]), LABELS[:9], 3, background=0, detector=detector, device=CPU))


def test_a_class_without_labels_is_next_to_impossible():
    shares = log_shares(np.array([0, 0, 2, 2]), 3)
    np.testing.assert_allclose(shares[[0, 2]], np.log(0.5), rtol=1e-6)
    assert shares[1] < -10


def test_more_labels_train_longer_up_to_a_bound():
    steps = [steps_for(labels) for labels in (2, 100, 1_000, 10_000, 100_000)]
    assert steps == sorted(steps)
    assert steps[-1] == steps[-2] < 4 * steps[0]

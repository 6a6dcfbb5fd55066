"""Would more time pay? What is said of runs whose ends and halves are known, and of noise."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from models.events import MoreTime
from models.pretraining.more_time import Standing, mistaken_share, would_more_time_pay
from models.pretraining.pretrain import pretrain

IMAGES = 200
CPU = torch.device("cpu")


def standing(*, right: int, mistaken: float = 0.1, spread: float = 0.05) -> Standing:
    """Of two classes by turns; the neighbours of the first `right` images are of their class, of the others not."""
    classes = torch.arange(IMAGES) % 2
    shown = torch.where(torch.arange(IMAGES) < right, classes, 1 - classes)
    vectors = torch.eye(4)[shown] + 0.01 * torch.randn(IMAGES, 4, generator=torch.Generator().manual_seed(0))
    shares = torch.linspace(mistaken - spread, mistaken + spread, IMAGES)
    return Standing(torch.arange(IMAGES), vectors, shares)


LABELS = {i: i % 2 for i in range(IMAGES)}


def test_crops_that_lie_nearest_to_each_other_are_never_mistaken():
    assert mistaken_share(torch.eye(5), torch.eye(5)).tolist() == [0.0] * 5


def test_crops_of_the_opposite_image_are_always_mistaken():
    ends = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    assert mistaken_share(ends, -ends).tolist() == [1.0, 1.0]


def test_equal_embeddings_are_mistaken_half_of_the_time():
    assert mistaken_share(torch.ones(6, 3), torch.ones(6, 3)).tolist() == [0.5] * 6


def test_noise_is_mistaken_half_of_the_time():
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randn(2, 400, 16, generator=generator)
    assert float(mistaken_share(first, second).mean()) == pytest.approx(0.5, abs=0.05)


def test_a_second_half_that_raised_the_score_makes_more_time_pay():
    answer = would_more_time_pay(standing(right=120), standing(right=150), standing(right=180), LABELS)
    assert answer.outcome == "pays"
    before, after = map(float, re.search(r"kNN score (\S+) % to (\S+) % on 200 labels", answer.sentence).groups())
    assert after > before + 10


def test_a_second_half_that_brought_nothing_says_so():
    half = standing(right=190)
    answer = would_more_time_pay(standing(right=120), half, half, LABELS)
    assert answer.outcome == "hardly"
    assert re.search(r"less than 2 points \(kNN score (\S+) % to \1 % on 200 labels\)", answer.sentence)


def test_a_run_that_taught_nothing_does_not_say_that_more_would_not_pay():
    same = standing(right=150)
    answer = would_more_time_pay(same, same, same, LABELS)
    assert answer.outcome == "unknown"
    assert "no better than before the run" in answer.sentence


def test_few_labels_leave_a_gain_within_chance_open():
    few = {i: i % 2 for i in range(0, IMAGES, 5)}
    answer = would_more_time_pay(standing(right=100), standing(right=190), standing(right=195), few)
    assert answer.outcome == "unknown"
    assert answer.sentence.endswith("on 40 labels). More labels would tell.")


@pytest.mark.parametrize("labels", [{}, {0: 0, 1: 1}, dict.fromkeys(range(IMAGES), 0)])
def test_without_labels_of_two_classes_a_clear_gain_on_crops_counts(labels):
    start, half, end = (standing(right=200, mistaken=share) for share in (0.3, 0.2, 0.1))
    answer = would_more_time_pay(start, half, end, labels)
    assert answer.outcome == "pays"
    assert "for 20.0 % of the other images half-way, for 10.0 % at the end" in answer.sentence


def test_without_labels_nothing_is_called_enough():
    start, half, end = (standing(right=200, mistaken=share) for share in (0.3, 0.1, 0.1))
    answer = would_more_time_pay(start, half, end, {})
    assert answer.outcome == "unknown"
    assert answer.sentence.endswith("Label 30 images or more, and the next run measures a kNN score.")


def test_an_unknown_half_is_said():
    assert would_more_time_pay(standing(right=9), None, standing(right=9), LABELS).outcome == "unknown"


def answer_of(pixels, config, folder) -> MoreTime:
    (answer,) = [e for e in pretrain(pixels, config, folder=folder, device=CPU) if isinstance(e, MoreTime)]
    return answer


@pytest.mark.parametrize("method", ["simclr", "mae", "hybrid"])
def test_nothing_is_promised_of_noise(pixels_of, config, tmp_path, method):
    noise = np.random.default_rng(0).integers(0, 256, (40, 1, 32, 32), dtype=np.uint8)
    answer = answer_of(pixels_of(noise), config(method, epochs=4, batch_size=10), tmp_path)
    assert answer.outcome == "unknown"


def test_a_single_step_is_too_short_to_tell(pixels_of, stripes, config, tmp_path):
    answer = answer_of(pixels_of(stripes(9)[0]), config(epochs=1, batch_size=9), tmp_path)
    assert "the run was too short" in answer.sentence


@pytest.mark.parametrize("stop_after", [1, 3, 4, 7, 12])
def test_a_stop_changes_no_answer(pixels_of, stripes, config, tmp_path, stop_after):
    pixels, settings = pixels_of(stripes(9)[0]), config(epochs=8)  # 16 steps; the window is 7 and 8
    whole = answer_of(pixels, settings, tmp_path / "whole")
    stopped = pretrain(pixels, settings, folder=tmp_path / "stopped", device=CPU)
    steps = (event for event in stopped if type(event).__name__ == "StepDone")
    for _ in range(stop_after):
        next(steps)
    stopped.close()
    events = pretrain(pixels, settings, folder=tmp_path / "stopped", device=CPU, resume=True)
    assert [event for event in events if isinstance(event, MoreTime)] == [whole]

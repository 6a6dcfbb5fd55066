"""models.pretraining.halfway: the mean of the weights before the middle of a run."""

from __future__ import annotations

import pytest
import torch

from models.encoders.architectures import build_encoder
from models.encoders.spec import EncoderSpec
from models.pretraining.halfway import HalfwayEncoder


def followed(steps: int, upto: int) -> tuple[HalfwayEncoder, torch.nn.Module]:
    """Weights are all equal to the step."""
    halfway, encoder = HalfwayEncoder(steps), build_encoder(EncoderSpec(width=4))
    for step in range(1, upto + 1):
        with torch.no_grad():
            for parameter in encoder.parameters():
                parameter.fill_(float(step))
        halfway.follow(encoder, step)
    return halfway, encoder


@pytest.mark.parametrize(("steps", "mean"), [(2, 1.0), (6, 3.0), (16, 7.5), (80, 35.5)])
def test_it_is_the_mean_of_the_last_quarter_of_the_first_half(steps, mean):
    halfway, encoder = followed(steps, steps // 2)
    assert halfway.is_whole(steps // 2)
    for value in halfway.taken_from(encoder).parameters():
        torch.testing.assert_close(value, torch.full_like(value, mean))


def test_the_followed_encoder_stays_as_it_is():
    halfway, encoder = followed(16, 8)
    halfway.taken_from(encoder)
    assert all(bool((parameter == 8).all()) for parameter in encoder.parameters())


def test_what_was_missed_is_not_made_up():
    halfway, encoder = HalfwayEncoder(16), build_encoder(EncoderSpec(width=4))
    halfway.follow(encoder, 8)
    assert not halfway.is_whole(8)


def test_it_goes_on_from_a_checkpoint():
    before, encoder = followed(16, 7)
    after = HalfwayEncoder(16)
    after.load(before.tensors(), device=torch.device("cpu"))
    after.follow(encoder, 8)
    assert after.is_whole(8)
    first = next(iter(after.taken_from(encoder).parameters()))
    torch.testing.assert_close(first, torch.full_like(first, 7.0))


def test_a_run_of_one_step_has_no_middle():
    halfway, _ = followed(1, 1)
    assert not halfway.is_whole(1)

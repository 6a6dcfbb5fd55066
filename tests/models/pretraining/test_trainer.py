"""One run's state: schedule, order of the images, and the way to a checkpoint and back."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.errors import KnownError
from models.images.augment_config import AugmentConfig
from models.pretraining.trainer import Trainer, learning_rate

CPU = torch.device("cpu")


@pytest.fixture
def trainer(pixels_of, stripes, config):
    """Makes a trainer on stripes; settings and the number of images can be changed."""

    def make(count: int = 10, *, epochs: int = 3, method: str = "simclr", **changes) -> Trainer:
        return Trainer(pixels_of(stripes(count)[0]), config(method, **changes), CPU, epochs=epochs)

    return make


def step(trainer: Trainer, count: int = 1) -> list[float]:
    return [trainer.update(trainer.next_batch())[0].item() for _ in range(count)]


def test_the_rate_rises_to_its_peak_and_falls_to_nothing(config):
    settings = config(learning_rate=0.1, warmup=0.1)
    rates = [learning_rate(step, 100, settings) for step in range(100)]
    assert rates[0] == pytest.approx(0.1 * 0.136)
    assert max(rates) == rates[9] == pytest.approx(0.1)
    assert rates[:10] == sorted(rates[:10])
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[-1] < 1e-4


def test_a_run_of_one_step_learns_at_the_peak(config):
    assert learning_rate(0, 1, config(learning_rate=0.1)) == pytest.approx(0.1)


def test_each_epoch_sees_every_image_at_most_once_in_a_new_order(trainer):
    running = trainer(count=9)
    orders = []
    for _ in range(3):
        orders.append(running.position.order.tolist())
        step(running, running.batches_per_epoch)
    assert running.batches_per_epoch == 2  # of 4; the image left over waits for another epoch
    assert all(sorted(order) == list(range(9)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3


def test_small_pools_make_one_batch(trainer):
    running = trainer(count=3)
    assert (running.batch_size, running.batches_per_epoch, running.steps) == (3, 1, 3)


def test_views_are_those_of_the_images_asked_for(pixels_of, config):
    black_and_white = np.repeat(np.array([0, 255], np.uint8), 32 * 32).reshape(2, 1, 32, 32)
    settings = config(views=3, augment=AugmentConfig(size_px=32, brightness=0.4))  # less than the two differ
    running = Trainer(pixels_of(black_and_white), settings, CPU, epochs=1)
    views = running.draw(torch.tensor([1, 0]))
    assert views.shape == (3, 2, 1, 32, 32)
    assert (views[:, 0] > 0).all()
    assert (views[:, 1] < 0).all()


def test_the_seed_decides_the_weights_and_the_views_alone(trainer):
    torch.manual_seed(123)
    first = step(trainer(seed=5), 2)
    torch.manual_seed(456)
    assert step(trainer(seed=5), 2) == first
    assert step(trainer(seed=6), 2) != first


def test_building_a_trainer_leaves_torchs_seed_alone(trainer):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    trainer()
    assert torch.equal(torch.rand(3), expected)


def test_norms_and_biases_do_not_decay(trainer):
    decayed, kept = trainer(weight_decay=0.3).optimizer.param_groups
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.3, 0.0)
    assert all(p.ndim > 1 for p in decayed["params"])
    assert all(p.ndim == 1 for p in kept["params"])


def test_gradients_are_clipped(trainer):
    running = trainer(clip_norm=1e-3)
    step(running)
    norms = torch.stack([p.grad.norm() for p in running.objective.parameters() if p.grad is not None])
    assert norms.norm().item() == pytest.approx(1e-3, rel=1e-2)


@pytest.mark.parametrize("amp", [True, False])
@pytest.mark.parametrize("method", ["simclr", "mae", "hybrid"])
def test_a_loaded_run_goes_on_bit_for_bit(trainer, tmp_path, method, amp):
    running = trainer(method=method, amp=amp)
    step(running, 3)
    running.save(tmp_path / "checkpoint")
    expected = step(running, 2)
    loaded = trainer(method=method, amp=amp)
    loaded.load(tmp_path / "checkpoint")
    assert step(loaded, 2) == expected
    assert loaded.position.epoch == running.position.epoch == 2
    assert torch.equal(loaded.position.order, running.position.order)


def test_a_run_begun_without_loss_scaling_goes_on_with_it(trainer, tmp_path):
    running, loaded = trainer(), trainer()
    step(running)
    running.save(tmp_path / "checkpoint")
    loaded.scaler = torch.amp.GradScaler("cpu", enabled=True)  # as on a card that computes in float16
    loaded.load(tmp_path / "checkpoint")
    step(loaded)
    assert loaded.position.step == 2


@pytest.mark.parametrize(
    ("count", "changes", "words"),
    [
        (10, {"learning_rate": 1e-5}, "other settings"),
        (10, {"seed": 9}, "other settings"),
        (12, {}, "trained on 10 images, but 12"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(trainer, tmp_path, count, changes, words):
    trainer().save(tmp_path / "checkpoint")
    with pytest.raises(KnownError, match=words) as raised:
        trainer(count, **changes).load(tmp_path / "checkpoint")
    assert str(tmp_path / "checkpoint") in str(raised.value)


def test_a_checkpoint_of_another_length_is_refused(trainer, tmp_path):
    trainer(epochs=3).save(tmp_path / "checkpoint")
    with pytest.raises(KnownError, match="other settings"):
        trainer(epochs=4).load(tmp_path / "checkpoint")


def test_a_full_disk_leaves_the_checkpoint_before_it(trainer, tmp_path, full_disk):
    running = trainer()
    step(running)
    running.save(tmp_path / "checkpoint")
    step(running)
    full_disk()
    with pytest.raises(KnownError, match="disk is full"):
        running.save(tmp_path / "checkpoint")
    loaded = trainer()
    loaded.load(tmp_path / "checkpoint")
    assert loaded.position.step == 1

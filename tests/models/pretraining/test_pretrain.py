"""The pretraining loop: its events, its files, and what a stop, a resume and bad luck do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.encoders.seen_images import digests, seen_by
from models.errors import KnownError
from models.events import (
    CheckpointSaved,
    Embedding,
    EpochDone,
    MoreTime,
    Notice,
    PretrainDone,
    Reconstruction,
    StepDone,
    Views,
)
from models.features.extraction import EncoderFeatures
from models.pretraining import monitoring as look_module
from models.pretraining import pretrain as module
from models.pretraining.pretrain import ENCODER, load_encoder, pretrain, save_encoder
from models.storage.checkpoint import load_weights, save_weights

CPU = torch.device("cpu")
METHODS = ("simclr", "mae", "hybrid")
STEPS = 6  # 3 epochs of 2 batches of 4 of 9 images


@pytest.fixture(autouse=True)
def _read_every_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOSS_READ_SECONDS", 0.0)


@pytest.fixture
def run(pixels_of, stripes, config):
    """Starts a run over nine stripes; settings can be changed."""
    pixels = pixels_of(stripes(9)[0])

    def start(folder: Path, method: str = "simclr", *, labels=None, start_from=None, resume=False, **changes):
        settings = config(method, **changes)
        return pretrain(
            pixels, settings, folder=folder, device=CPU, labels=labels, start_from=start_from, resume=resume
        )

    return start


def finish(events: Iterable[object]) -> None:
    for _ in events:
        pass


def first(kind: type, events: Iterable[object]):
    return next(event for event in events if isinstance(event, kind))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_encoder(folder / ENCODER).encoder.state_dict()


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(value, other[name]) for name, value in one.items())


def steps_of(events) -> list[tuple[int, int, float]]:
    return [(event.step, event.epoch, event.loss) for event in events if isinstance(event, StepDone)]


def figures_of(events) -> list[tuple]:
    """Of epochs and of the run, but for how long they took."""
    kept = [event for event in events if isinstance(event, EpochDone | MoreTime)]
    return [
        (event.epoch, {**event.metrics, "drawing_share": None}) if isinstance(event, EpochDone) else event
        for event in kept
    ]


def test_events_come_in_the_order_of_the_work(run, tmp_path):
    events = [type(event).__name__ for event in run(tmp_path)]
    epoch = ["StepDone", "StepDone", "Embedding", "Views", "EpochDone"]
    assert events == [*epoch * 3, "MoreTime", "PretrainDone"]


def test_steps_and_epochs_are_counted(run, tmp_path):
    events = list(run(tmp_path))
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in steps] == list(range(1, STEPS + 1))
    assert [event.epoch for event in steps] == [0, 0, 1, 1, 2, 2]
    assert all(event.steps == STEPS and event.images_per_second > 0 and np.isfinite(event.loss) for event in steps)
    assert [event.epoch for event in events if isinstance(event, EpochDone)] == [1, 2, 3]


def test_an_epochs_loss_is_the_mean_of_its_steps(run, tmp_path):
    events = list(run(tmp_path))
    losses = np.reshape([event.loss for event in events if isinstance(event, StepDone)], (3, 2)).mean(1)
    assert [event.metrics["loss"] for event in events if isinstance(event, EpochDone)] == pytest.approx(losses)


def test_the_end_is_an_encoder_file_and_no_checkpoint(run, tmp_path):
    *_, done = run(tmp_path)
    assert isinstance(done, PretrainDone)
    assert (done.images, done.epochs, done.path) == (9, 3, str(tmp_path / ENCODER))
    assert [path.name for path in tmp_path.iterdir()] == [ENCODER]
    assert done.parameters == sum(p.numel() for p in load_encoder(tmp_path / ENCODER).encoder.parameters())


def test_the_encoder_file_knows_pixels_and_the_views_kept_apart(run, tmp_path, config, stripes):
    finish(run(tmp_path, augment=replace(config().augment, flips=False, right_angles=False)))
    features = load_encoder(tmp_path / ENCODER)
    images = stripes(9)[0]
    assert features.standardiser.mean[0] == pytest.approx(images.mean(), rel=1e-4)
    assert (features.flips, features.right_angles) == (False, False)


def test_embeddings_are_those_of_the_images_at_their_positions(run, tmp_path):
    event = first(Embedding, list(run(tmp_path)))
    assert sorted(event.positions.tolist()) == list(range(9))
    assert event.vectors.shape == (9, 32)
    assert np.isfinite(event.vectors).all()


def test_looks_are_at_images_of_all_the_pool(pixels_of, stripes, config, tmp_path, monkeypatch):
    monkeypatch.setattr(look_module, "LOOK_IMAGES", 20)
    labels = dict.fromkeys(range(0, 60, 6), 0)
    events = pretrain(pixels_of(stripes(60)[0]), config("simclr"), folder=tmp_path, device=CPU, labels=labels)
    positions = first(Embedding, events).positions
    events.close()
    others = np.setdiff1d(positions, list(labels))
    assert (len(positions), len(others)) == (20, 10)
    assert others.min() < 15
    assert others.max() >= 45


def test_the_first_pictures_of_a_long_run_come_soon(run, tmp_path):
    events = [event for event in run(tmp_path, epochs=60) if isinstance(event, Embedding | EpochDone)]
    looked_at = [event.epoch for event in events if isinstance(event, Embedding)]
    assert looked_at == [1, 2, 4, *range(5, 61, 5)]


def test_pictures_are_bytes(run, tmp_path):
    contrast = first(Views, list(run(tmp_path / "a")))
    assert contrast.pixels.shape == (4, 2, 32, 32, 1)
    masked = first(Reconstruction, list(run(tmp_path / "b", "mae")))
    for picture in (masked.original, masked.masked, masked.reconstructed):
        assert picture.shape == (4, 32, 32, 1)
        assert picture.dtype == np.uint8


def test_labels_are_measured_by_and_not_trained_on(run, tmp_path):
    upright = {i: i % 2 for i in range(8)}
    events = list(run(tmp_path / "labelled", labels=upright))
    finish(run(tmp_path / "other", labels={0: 1, 3: 0, 5: 2}))
    finish(run(tmp_path / "unlabelled"))
    metrics = [event.metrics for event in events if isinstance(event, EpochDone)]
    assert all(0 <= m["knn_accuracy"] <= 1 and m["knn_images"] == 8 for m in metrics)
    assert len({m["knn_start"] for m in metrics}) == 1
    assert equal(weights(tmp_path / "labelled"), weights(tmp_path / "unlabelled"))
    assert equal(weights(tmp_path / "labelled"), weights(tmp_path / "other"))


def test_without_labels_there_is_a_rank_and_no_score(run, tmp_path):
    metrics = [event.metrics for event in run(tmp_path) if isinstance(event, EpochDone)]
    assert all(m["effective_rank"] >= 1 and "knn_accuracy" not in m for m in metrics)


@pytest.mark.parametrize("stop_after", [1, 2, 3, 5, STEPS])
@pytest.mark.parametrize("method", METHODS)
def test_a_resumed_run_equals_an_uninterrupted_one(run, tmp_path, method, stop_after):
    whole = list(run(tmp_path / "whole", method))
    stopped = run(tmp_path / "stopped", method)
    before = [first(StepDone, stopped) for _ in range(stop_after)]
    stopped.close()
    after = list(run(tmp_path / "stopped", method, resume=True))
    assert steps_of([*before, *after]) == steps_of(whole)
    assert equal(weights(tmp_path / "stopped"), weights(tmp_path / "whole"))
    assert [path.name for path in (tmp_path / "stopped").iterdir()] == [ENCODER]


@pytest.mark.parametrize("stop_after", range(1, STEPS + 1))
def test_a_stop_loses_no_figures(run, tmp_path, stop_after):
    labels = {i: i % 2 for i in range(8)}
    whole = list(run(tmp_path / "whole", labels=labels))
    stopped = run(tmp_path / "stopped", labels=labels)
    seen = []
    for event in stopped:
        seen.append(event)
        if isinstance(event, StepDone) and event.step == stop_after:
            break
    stopped.close()
    seen += run(tmp_path / "stopped", labels=labels, resume=True)
    assert figures_of(seen) == figures_of(whole)
    assert [type(event) for event in seen] == [type(event) for event in whole]


@pytest.mark.parametrize("kind", [Embedding, Views])
def test_figures_that_were_not_told_yet_are_told_after_a_stop(run, tmp_path, kind):
    whole = list(run(tmp_path / "whole"))
    stopped = run(tmp_path / "stopped")
    first(kind, stopped)
    stopped.close()
    assert figures_of(run(tmp_path / "stopped", resume=True)) == figures_of(whole)


@pytest.mark.parametrize("kind", [Embedding, Views, EpochDone])
def test_a_stop_between_two_epochs_changes_nothing(run, tmp_path, kind):
    finish(run(tmp_path / "whole"))
    stopped = run(tmp_path / "stopped")
    first(kind, stopped)
    stopped.close()
    finish(run(tmp_path / "stopped", resume=True))
    assert equal(weights(tmp_path / "stopped"), weights(tmp_path / "whole"))


def test_a_run_stopped_three_times_is_still_the_same(run, tmp_path):
    whole = list(run(tmp_path / "whole"))
    done = []
    for resume in (False, True, True):
        stopped = run(tmp_path / "stopped", resume=resume)
        done.append(first(StepDone, stopped))
        stopped.close()
    done += run(tmp_path / "stopped", resume=True)
    assert steps_of(done) == steps_of(whole)
    assert equal(weights(tmp_path / "stopped"), weights(tmp_path / "whole"))


def test_checkpoints_are_written_on_the_way(run, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHECKPOINT_SECONDS", 0.0)
    saved = [(event.step, Path(event.path).is_file()) for event in run(tmp_path) if isinstance(event, CheckpointSaved)]
    assert saved == [(2, True), (4, True)]


def test_a_run_without_checkpoint_cannot_be_resumed(run, tmp_path):
    with pytest.raises(KnownError, match="is no file"):
        next(run(tmp_path, resume=True))


def test_a_full_disk_is_told_and_the_checkpoint_before_it_still_loads(run, tmp_path, monkeypatch, full_disk):
    monkeypatch.setattr(module, "CHECKPOINT_SECONDS", 0.0)
    running = run(tmp_path)
    first(CheckpointSaved, running)
    full_disk()
    with pytest.raises(KnownError, match="disk is full"):
        finish(running)
    monkeypatch.undo()
    steps = [step for step, _, _ in steps_of(run(tmp_path, resume=True))]
    assert steps == [3, 4, 5, 6]


def test_a_full_disk_when_stopping_is_told(run, tmp_path, full_disk):
    running = run(tmp_path)
    next(running)
    full_disk()
    with pytest.raises(KnownError, match="disk is full"):
        running.close()
    assert list(tmp_path.iterdir()) == []


def test_a_run_starts_from_another_ones_encoder(run, tmp_path):
    finish(run(tmp_path / "first"))
    finish(run(tmp_path / "second", start_from=tmp_path / "first" / ENCODER, learning_rate=1e-12))
    finish(run(tmp_path / "random", learning_rate=1e-12))
    start, end, random = (weights(tmp_path / name)["conv1.weight"] for name in ("first", "second", "random"))
    torch.testing.assert_close(start, end, atol=1e-6, rtol=0)
    assert not torch.allclose(start, random, atol=1e-4)


def test_an_encoder_remembers_its_images_and_those_of_its_start(run, pixels_of, stripes, config, tmp_path):
    twelve = pixels_of(stripes(12)[0])
    finish(pretrain(twelve, config(), folder=tmp_path / "first", device=CPU))
    stopped = run(tmp_path / "second", start_from=tmp_path / "first" / ENCODER)  # on nine of them
    first(StepDone, stopped)
    stopped.close()
    finish(run(tmp_path / "second", resume=True))
    finish(run(tmp_path / "alone"))
    assert seen_by(tmp_path / "second" / ENCODER).tolist() == sorted(digests(twelve.hashes))
    assert seen_by(tmp_path / "alone" / ENCODER).tolist() == sorted(digests(twelve.hashes[:9]))


@pytest.mark.parametrize("method", ["mae", "simclr"])
def test_an_encoder_of_another_shape_is_no_start(run, tmp_path, config, method):
    finish(run(tmp_path / "first", "hybrid"))
    other = replace(config(method).encoder, width=8)
    with pytest.raises(KnownError, match="holds a ResNet-18 of width") as raised:
        next(run(tmp_path / "second", method, encoder=other, start_from=tmp_path / "first" / ENCODER))
    assert str(tmp_path / "first" / ENCODER) in str(raised.value)


def test_an_encoder_remembers_its_scale(run, tmp_path):
    finish(run(tmp_path))
    assert load_encoder(tmp_path / ENCODER).scale == 128 / 32


def test_an_encoder_of_an_earlier_version_is_named(run, tmp_path):
    finish(run(tmp_path))
    tensors, metadata = load_weights(tmp_path / ENCODER, kind="encoder")
    kept = {key: value for key, value in metadata.items() if key not in ("scale", "kind", "format")}
    save_weights(tmp_path / "old.safetensors", tensors, kind="encoder", metadata=kept)
    with pytest.raises(KnownError, match=r"old\.safetensors was made by an earlier version; pretrain again\."):
        load_encoder(tmp_path / "old.safetensors")


def test_images_of_unequal_size_are_learned_from(pixels_of, draw_unequal, config, tmp_path):
    pixels = pixels_of(draw_unequal([(150, 300), (64, 500), (150, 300), (200, 200), (64, 40)]))
    events = list(pretrain(pixels, config(batch_size=5), folder=tmp_path, device=torch.device("cpu"), labels={1: 0}))
    (look, *_) = (event for event in events if isinstance(event, Embedding))
    assert look.vectors.shape[0] == len(set(look.positions)) == 5
    assert load_encoder(tmp_path / ENCODER).scale == 1.0


def test_a_collapse_is_said_once(run, tmp_path, monkeypatch, encoder, standardiser):
    monkeypatch.setattr(module, "HEALTH_STEPS", 1)
    for norm in (encoder.layer4[1].bn2, encoder.layer4[0].bn2, encoder.layer4[0].downsample[1]):
        torch.nn.init.zeros_(norm.weight)  # now all images look alike to it
    save_encoder(tmp_path / "blind.safetensors", EncoderFeatures(encoder, standardiser, 4.0), method="simclr")
    events = run(tmp_path, start_from=tmp_path / "blind.safetensors", learning_rate=1e-12)
    notices = [event for event in events if isinstance(event, Notice)]
    assert [notice.warning for notice in notices] == [True]
    assert "collapsed" in notices[0].text


def test_different_images_do_not_collapse(run, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "HEALTH_STEPS", 1)
    assert not any(isinstance(event, Notice) for event in run(tmp_path))


def test_a_loss_that_is_no_number_is_told(run, tmp_path, monkeypatch):
    monkeypatch.setattr("models.pretraining.simclr.nt_xent", lambda embeddings, **_: embeddings.sum() * float("nan"))
    with pytest.raises(KnownError, match="diverged"):
        finish(run(tmp_path))
    assert list(tmp_path.iterdir()) == []  # nothing worth going on from


def test_one_image_is_too_few(pixels_of, config, tmp_path):
    pixels = pixels_of(np.zeros((1, 1, 32, 32), np.uint8))
    with pytest.raises(KnownError, match="at least 2 images"):
        next(pretrain(pixels, config(), folder=tmp_path, device=CPU))


def test_two_images_are_enough(pixels_of, stripes, config, tmp_path):
    *_, done = pretrain(pixels_of(stripes(2)[0]), config(), folder=tmp_path, device=CPU)
    assert isinstance(done, PretrainDone)

"""Training with labels: what is held out, what moves, when it stops."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from models.encoders.architectures import Encoder
from models.encoders.network import ClassifierNetwork
from models.errors import KnownError
from models.events import Embedding, EpochDone, StepDone, Validation
from models.finetuning.finetune import FinetuneConfig, FinetuneDone, finetune, predict_logits, stratified_parts

CPU = torch.device("cpu")
QUICK = FinetuneConfig(epochs=3, batch_size=8, augment=None)


@pytest.fixture
def train(pixels_of, stripes, standardiser):
    """Trains an encoder on 30 stripes: its epochs and end (or every event), the network, its parts."""
    images, labels = stripes(30)
    pixels = pixels_of(images)

    def run(encoder: Encoder, config: FinetuneConfig = QUICK, *, labels=labels, everything: bool = False):
        torch.manual_seed(0)
        network = ClassifierNetwork(encoder, standardiser, classes=2, size_px=32, norm=False)
        parts = stratified_parts(labels)
        events = list(finetune(network, pixels, np.arange(30), labels, parts, config, device=CPU, looks=True))
        kept = [event for event in events if isinstance(event, EpochDone | FinetuneDone)]
        return (events if everything else kept), network, parts

    return run


@pytest.mark.parametrize("counts", [(3, 3), (20, 5, 11)])
def test_parts_are_disjoint_and_hold_every_class(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    parts = stratified_parts(labels, seed=1)
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together) == list(range(len(labels)))
    for part in (parts.train, parts.validation, parts.test):
        assert set(labels[part]) == set(range(len(counts)))
    assert len(parts.test) == sum(max(1, round(0.2 * count)) for count in counts)


def test_parts_repeat_with_the_seed():
    labels = np.arange(40) % 4
    assert stratified_parts(labels, seed=3).test.tolist() == stratified_parts(labels, seed=3).test.tolist()
    assert stratified_parts(labels, seed=3).test.tolist() != stratified_parts(labels, seed=4).test.tolist()


def test_two_labels_of_a_class_are_too_few():
    with pytest.raises(KnownError, match="at least three labels of each class"):
        stratified_parts(np.array([0, 0, 0, 1, 1]))


@pytest.mark.parametrize("kind", ["encoder", "vit"])
def test_a_frozen_encoder_keeps_every_number(train, request, kind):
    encoder = request.getfixturevalue(kind)
    before = copy.deepcopy(encoder.state_dict())
    _, network, _ = train(encoder, replace(QUICK, frozen=True))
    assert all(torch.equal(value, before[name]) for name, value in network.encoder.state_dict().items())


@pytest.mark.parametrize("kind", ["encoder", "vit"])
def test_an_encoder_that_is_not_frozen_learns_everywhere(train, request, kind):
    encoder = request.getfixturevalue(kind)
    before = copy.deepcopy(encoder.state_dict())
    _, network, _ = train(encoder)
    moved = {name for name, value in network.encoder.named_parameters() if not torch.equal(value, before[name])}
    assert moved == {name for name, _ in encoder.named_parameters()}
    assert all(torch.equal(value, before[name]) for name, value in encoder.named_buffers())  # batch statistics stay


def test_early_stages_learn_slower(train, encoder):
    before = copy.deepcopy(encoder.state_dict())
    train(encoder, replace(QUICK, stage_rates=(0.0, 0.0, 0.0, 1.0)))
    moved = {name.split(".")[0] for name, value in encoder.named_parameters() if not torch.equal(value, before[name])}
    assert moved == {"layer4"}


def test_separable_images_are_learnt(train, encoder, stripes):
    labels = stripes(30)[1]
    events, _, parts = train(encoder, FinetuneConfig(batch_size=10, augment=None))
    *epochs, done = events
    assert isinstance(done, FinetuneDone)
    assert done.test_logits.shape == (len(parts.test), 2)
    assert (done.test_logits.argmax(1) == labels[parts.test]).all()
    assert epochs[-1].metrics["loss"] < 0.5 * epochs[0].metrics["loss"]


def test_the_best_epochs_weights_are_kept(train, encoder, pixels_of, stripes):
    events, network, parts = train(encoder, replace(QUICK, epochs=6, learning_rate=0.02, head_learning_rate=0.1))
    *epochs, done = events
    losses = [event.metrics["validation_loss"] for event in epochs]
    assert done.best_epoch == 1 + int(np.argmin(losses))
    logits = predict_logits(network, pixels_of(stripes(30)[0]), parts.validation)
    np.testing.assert_allclose(logits, done.validation_logits, atol=1e-5)


def test_training_stops_once_it_no_longer_gains(train, encoder):
    hasty = replace(QUICK, epochs=20, patience=2, head_learning_rate=1.0, frozen=True)
    meaningless = np.random.default_rng(0).permutation(np.arange(30) % 2)
    events, _, _ = train(encoder, hasty, labels=meaningless)
    *epochs, done = events
    assert len(epochs) < 20
    assert len(epochs) - done.best_epoch == 2
    assert [event.metrics["epochs_without_gain"] for event in epochs[-2:]] == [1, 2]


def test_epochs_are_counted_and_measured(train, encoder):
    *epochs, _ = train(encoder)[0]
    assert [(event.epoch, event.epochs) for event in epochs] == [(1, 3), (2, 3), (3, 3)]
    assert all(isinstance(event, EpochDone) and 0 <= event.metrics["validation_accuracy"] <= 1 for event in epochs)


def test_every_step_is_told(train, encoder):
    steps = [event for event in train(encoder, everything=True)[0] if isinstance(event, StepDone)]
    assert [(event.step, event.steps, event.epoch) for event in steps] == [(i + 1, 9, i // 3) for i in range(9)]
    assert all(event.images_per_second > 0 and event.learning_rate > 0 for event in steps)


def test_every_epoch_says_what_it_was_judged_by(train, encoder, stripes):
    events, _, parts = train(encoder, everything=True)
    answers = [event for event in events if isinstance(event, Validation)]
    accuracies = [event.metrics["validation_accuracy"] for event in events if isinstance(event, EpochDone)]
    assert [event.epoch for event in answers] == [1, 2, 3]
    assert [(event.true == event.predicted).mean() for event in answers] == pytest.approx(accuracies)
    np.testing.assert_array_equal(answers[0].true, stripes(30)[1][parts.validation])
    assert all(((event.confidence >= 0.5) & (event.confidence <= 1)).all() for event in answers)


def test_the_same_images_are_looked_at_every_few_epochs(train, encoder):
    events, network, _ = train(encoder, replace(QUICK, epochs=6), everything=True)
    looks = [event for event in events if isinstance(event, Embedding)]
    assert [event.epoch for event in looks] == [1, 5]
    np.testing.assert_array_equal(looks[0].positions, looks[1].positions)
    assert looks[0].vectors.shape == (30, network.linear.in_features)


def test_the_same_seed_gives_the_same_network(train, encoder):
    other = copy.deepcopy(encoder)
    first, second = train(encoder, FinetuneConfig(epochs=2)), train(other, FinetuneConfig(epochs=2))
    np.testing.assert_array_equal(first[0][-1].test_logits, second[0][-1].test_logits)


def test_a_rare_class_counts_as_much_as_a_common_one(train, encoder):
    labels = np.array([0] * 26 + [1] * 4)
    torch.nn.init.zeros_(encoder.conv1.weight)  # all images look alike: only the classes' weights decide
    config = replace(QUICK, epochs=30, patience=30, frozen=True, head_learning_rate=0.05, label_smoothing=0.0)
    logits = train(encoder, config, labels=labels)[0][-1].test_logits
    assert np.abs(logits[:, 0] - logits[:, 1]).max() < 0.3

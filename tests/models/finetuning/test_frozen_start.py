"""Where fine-tuning starts: as the frozen encoder's linear head answers."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from models.encoders.network import ClassifierNetwork
from models.evaluation.calibration import softmax
from models.finetuning.finetune import predict_logits
from models.finetuning.frozen_start import frozen_head, start_from_frozen_head


@pytest.fixture(params=["encoder", "vit"])
def network(request, standardiser) -> ClassifierNetwork:
    encoder = request.getfixturevalue(request.param)
    return ClassifierNetwork(encoder, standardiser, classes=2, size_px=32, norm=request.param == "vit")


def test_before_the_first_step_the_network_answers_as_the_frozen_head(network, pixels_of, stripes):
    images, labels = stripes(24)
    before = copy.deepcopy(network.encoder.state_dict())
    head = start_from_frozen_head(network, pixels_of(images), np.arange(12), labels[:12])
    features = network.embed(torch.from_numpy(np.stack(images))).numpy()
    logits = predict_logits(network, pixels_of(images), np.arange(24))
    np.testing.assert_allclose(logits, head.logits(features), rtol=1e-3, atol=1e-3)
    assert all(torch.equal(value, before[name]) for name, value in network.encoder.state_dict().items())


def test_the_head_tells_what_is_separable(blobs):
    vectors, labels = blobs(10, 3, spread=0.1)
    head = frozen_head(vectors.astype(np.float32), labels, 3)
    assert (head.logits(vectors).argmax(1) == labels).all()


def test_a_head_on_meaningless_labels_is_not_sure():
    rng = np.random.default_rng(0)
    features, labels = rng.standard_normal((40, 60)).astype(np.float32), np.arange(40) % 2
    fresh = rng.standard_normal((200, 60))
    assert softmax(frozen_head(features, labels, 2).logits(fresh)).max(1).mean() < 0.7


def test_one_label_a_class_is_enough_to_start_from():
    head = frozen_head(np.eye(3, 5, dtype=np.float32), np.arange(3), 3)
    assert np.isfinite(head.logits(np.eye(3, 5))).all()

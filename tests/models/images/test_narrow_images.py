"""Images that are long and narrow, in 16-bit precision: what a convolution reads beside them must not show."""

from __future__ import annotations

import os
import subprocess
import sys

DESCRIBE = """
import torch
from models.small_defects.anomaly_network import AnomalyNetwork
from models.system.device import autocast
from models.encoders.spec import EncoderSpec
from models.encoders.architectures import build_encoder

torch.manual_seed(0)
encoder, network = build_encoder(EncoderSpec(width=8)).eval(), AnomalyNetwork(EncoderSpec(width=8)).eval()
for shape in ((304, 32), (32, 304), (304, 16), (64, 64)):
    images = torch.randn(1, 1, *shape)
    with torch.inference_mode():
        exact = encoder(images)
        with autocast(images.device):
            found, cells = encoder(images), network(images)
    assert (found - exact).norm() < 0.1 * exact.norm(), (shape, "encoder")
    assert cells.deep.isfinite().all() and cells.logits.isfinite().all(), (shape, "cells")
"""


def test_features_of_narrow_images_are_theirs_alone():
    """The C library fills fresh memory with large numbers here, so that whoever reads it is found out."""
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE], env={**os.environ, "MALLOC_PERTURB_": "128"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

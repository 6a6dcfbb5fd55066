"""An evaluation whose class names try to break out of every format."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.evaluate import Evaluation, evaluate

NASTY_CLASSES = ("<script>alert(1)</script>", '=HYPERLINK("x"),"y"', "_$a$b & ]]>", "Walzzunder; größer")


@pytest.fixture
def evaluation() -> Evaluation:
    """120 images, about four in five right; the last class has no image."""
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, size=120)
    predicted = np.where(rng.random(120) < 0.8, true, rng.integers(0, 4, size=120))
    return evaluate(true, predicted, rng.uniform(0.5, 1.0, size=120), NASTY_CLASSES)

"""inspector.jobs.labelling.guesses: what is guessed of images, under the names that classes have."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.labelling.guesses import Guesses

GUESSES = Guesses(np.array([3, 5]), ("crack", "good", "pore"), np.float32([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]))


def test_guesses_of_a_renamed_class_go_by_its_name():
    renamed = GUESSES.renamed({"crack": "Riss"})
    assert renamed.classes == ("Riss", "good", "pore")
    assert renamed.probabilities.tolist() == GUESSES.probabilities.tolist()


def test_guesses_of_classes_that_have_become_one_add_up():
    merged = GUESSES.renamed({"crack": "pore"})
    assert merged.of(3) == [("pore", pytest.approx(0.7)), ("good", pytest.approx(0.3))]
    assert merged.of(5) == [("pore", pytest.approx(0.8)), ("good", pytest.approx(0.2))]

"""models.classification.known_answers"""

from __future__ import annotations

import numpy as np
import pytest

from models.classification.known_answers import KnownAnswers, fingerprint


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (4, 1, 6, 8), dtype=np.uint8)


@pytest.fixture
def known(images) -> KnownAnswers:
    """Answers for the first and the third image."""
    return KnownAnswers.of([fingerprint(images[i]) for i in (2, 0)], np.array([[2.0, 2.0], [0.0, 0.0]]))


def test_known_images_get_their_own_answers_and_others_keep_theirs(known, images):
    answered = known.over(np.full((4, 2), 9.0), list(images))
    assert answered.tolist() == [[0, 0], [9, 9], [2, 2], [9, 9]]


def test_the_same_bytes_in_another_shape_are_another_image(images):
    assert fingerprint(images[0]) != fingerprint(images[0].reshape(1, 8, 6))


def test_they_survive_being_stored(known, images):
    again = KnownAnswers.from_state(known.state(), classes=2)
    np.testing.assert_array_equal(
        again.over(np.zeros((4, 2)), list(images)), known.over(np.zeros((4, 2)), list(images))
    )
    assert KnownAnswers.from_state({}, classes=2) is None


def test_a_table_that_does_not_fit_is_refused(known):
    with pytest.raises(ValueError, match="known answers"):
        KnownAnswers.from_state(known.state(), classes=3)

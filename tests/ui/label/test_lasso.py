"""What is proposed for the images in a lasso."""

from __future__ import annotations

import numpy as np

from inspector.jobs.labelling.guesses import Guesses
from inspector.ui.pages.label.lasso import LassoContent, best_guesses, guessed_as, lasso_content

GUESSES = Guesses(
    np.array([1, 2, 3, 4]),
    ["crazing", "patches"],
    np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.7, 0.3]]),
)


def test_the_least_sure_come_first_and_labelled_ones_last():
    content = lasso_content([1, 2, 4], GUESSES, {2: "crazing"})
    assert content.image_ids == (4, 1, 2)
    assert content.ticked == (4, 1)


def test_images_guessed_otherwise_are_not_ticked():
    content = lasso_content([1, 2, 3], GUESSES, {})
    assert (content.class_name, content.guessed, content.ticked) == ("crazing", 2, (2, 1))


def test_without_guesses_all_are_ticked_for_no_class():
    assert lasso_content([3, 1], None, {}) == LassoContent((3, 1), (3, 1), None, 0)


def test_labels_name_the_class_where_guesses_do_not():
    assert lasso_content([7, 8], None, {7: "patches"}).class_name == "patches"


def test_images_that_nothing_is_guessed_of_have_no_best():
    assert best_guesses([3, 99], GUESSES) == {3: ("patches", 0.8)}


def test_images_like_a_class_come_surest_first_without_labels():
    assert guessed_as("crazing", {4: "crazing"}, GUESSES, count=9) == [1, 2]
    assert guessed_as("scratches", {}, GUESSES, count=9) == []

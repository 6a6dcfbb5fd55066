"""The sentences of the label page."""

from __future__ import annotations

import pytest

from inspector.jobs.labelling.basis import Suggested
from inspector.jobs.labelling.guesses import Estimate
from inspector.project import Change, FolderLabels, LabelImport
from inspector.ui.pages.label.label_words import (
    csv_sentence,
    estimate_sentence,
    folders_sentence,
    lasso_button_text,
    no_guess,
    nudge,
    rarest,
    why,
)


def test_a_reason_is_a_sentence():
    suggested = Suggested(1, "stands for a group of 212 images not labelled yet", "typical", (1,))
    assert why(suggested, has_suggestions=True) == "Stands for a group of 212 images not labelled yet."


@pytest.mark.parametrize(
    ("counts", "name"),
    [({}, None), ({"a": 4}, None), ({"a": 4, "b": 4}, None), ({"a": 2, "b": 4}, "a"), ({"a": 0, "b": 1}, "a")],
)
def test_the_rarest_class_is_named_where_it_stands_out(counts, name):
    assert rarest(counts) == name


def test_the_nudge_counts_what_comes_next():
    counts = {"patches": 6, "scale": 3}
    assert nudge(counts, ["scale", "patches", "scale"]) == (
        "scale has the fewest labels. Two of the next suggestions look like it."
    )
    assert nudge(counts, []) == "scale has the fewest labels."


def test_an_estimate_says_what_it_was_measured_on():
    said = estimate_sentence(Estimate(0.9, 0.744, 0.965, 30))
    assert said == "Right on your labels: 0.90 [0.74–0.96], n\u00a0=\u00a030"


def test_what_an_import_of_labels_did():
    ambiguous = (object(), object())
    assert folders_sentence(FolderLabels(frozenset({1, 2, 3}), ambiguous=ambiguous)) == (
        "Labelled 3 images by their folders; 2 images in folders of different names left alone"
    )
    assert csv_sentence(LabelImport(Change(), labelled=2, removed=1, unknown_paths=("x.png",))) == (
        "Labelled 2 images, removed 1 label; 1 path of no image here"
    )


def test_the_button_says_what_it_will_do():
    assert lasso_button_text(0, None) == "Label as…"
    assert lasso_button_text(1209, "Rolled-in scale") == "Label 1,209 as Rolled-in scale"


def test_why_an_image_has_no_guess():
    assert no_guess(1, is_prepared=True, is_guessing=False) == "Guesses show once two classes have labels."
    assert no_guess(6, is_prepared=False, is_guessing=False) == "Guesses come with the suggestions."
    assert no_guess(6, is_prepared=True, is_guessing=False) == "Guesses are on their way."
    assert no_guess(6, is_prepared=True, is_guessing=True) == "This image is not in the sample that is guessed."

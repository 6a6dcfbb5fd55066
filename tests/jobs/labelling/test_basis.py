"""inspector.jobs.labelling.basis and guesses"""

from __future__ import annotations

import numpy as np
import pytest

LABELS = {10: "pit", 11: "pit", 30: "crack", 31: "crack"}  # of two of the three groups of 20


def test_nothing_is_guessed_of_one_class(basis_of):
    assert basis_of().guess({}) is None
    assert basis_of().guess({10: "pit", 11: "pit"}) is None


def test_a_group_is_guessed_as_its_label(basis_of):
    guesses = basis_of().guess(LABELS)
    index, confidence = guesses.best()
    assert guesses.classes == ("crack", "pit")
    assert set(index[:20]) == {1}
    assert set(index[20:40]) == {0}
    assert guesses.of(15)[0] == ("pit", pytest.approx(confidence[5]))
    assert guesses.of(15)[0][1] > 0.9


def test_nothing_is_said_of_an_image_that_the_basis_lacks(basis_of):
    guesses = basis_of().guess({**LABELS, 9_999: "pit"})
    assert guesses.of(9) is None
    assert guesses.of(9_999) is None


def test_each_label_is_judged_by_the_others(basis_of):
    right = basis_of().guess(LABELS).estimate
    assert (right.accuracy, right.n) == (1.0, 4)
    wrong = basis_of().guess({**LABELS, 12: "crack"}).estimate
    assert wrong.accuracy == pytest.approx(4 / 5)
    assert wrong.low < wrong.accuracy < wrong.high


def test_a_class_with_one_label_cannot_be_judged(basis_of):
    assert basis_of().guess({10: "pit", 30: "crack"}).estimate is None
    assert basis_of().guess({10: "pit", 11: "pit", 30: "crack"}).estimate.n == 2


def test_a_guess_depends_on_the_labels_alone(basis_of):
    basis = basis_of(spread=0.5)
    before = basis.guess(LABELS)
    basis.guess({**LABELS, 50: "scale", 12: "crack"})
    after = basis.guess(dict(reversed(LABELS.items())))
    np.testing.assert_array_equal(before.probabilities, after.probabilities)


def test_groups_without_a_label_are_suggested_first(basis_of):
    (first,) = basis_of().suggest({10: "pit", 30: "crack"}, count=1, strategy="typical")
    assert first.image_id in range(50, 70)
    assert first.reason == "stands for a group of 20 images not labelled yet"
    assert first.kind == "typical"
    assert first.group[0] == first.image_id
    assert sorted(first.group) == list(range(50, 70))


def test_neither_labelled_nor_skipped_images_are_suggested(basis_of):
    skipped = frozenset(range(40, 70)) | {9_999}
    for strategy in ("auto", "typical", "uncertain", "random"):
        suggested = basis_of().suggest(LABELS, count=100, strategy=strategy, skipped=skipped)
        ids = [s.image_id for s in suggested]
        assert ids
        assert len(set(ids)) == len(ids)
        assert not set(ids) & (skipped | LABELS.keys())


def test_another_image_stands_for_the_group_of_a_skipped_one(basis_of):
    basis = basis_of()
    (first,) = basis.suggest(LABELS, count=1)
    (second,) = basis.suggest(LABELS, count=1, skipped={first.image_id})
    assert set(second.group) == set(first.group)
    assert second.image_id != first.image_id


def test_doubt_names_the_two_classes(basis_of):
    suggested = basis_of(spread=0.4).suggest(LABELS, count=3, strategy="uncertain")
    assert {s.kind for s in suggested} == {"uncertain"}
    assert {s.reason for s in suggested} <= {"undecided between pit and crack", "undecided between crack and pit"}


def test_similar_images_come_nearest_first(basis_of):
    basis = basis_of()
    cosines = basis.unit @ basis.unit[5]
    expected = [i + 10 for i in np.argsort(-cosines) if i != 5]
    assert basis.similar(15, 8) == expected[:8]
    assert basis.similar(15, 1_000) == expected
    assert basis.similar(9_999, 8) == []


@pytest.mark.parametrize("images", [2, 3])
def test_two_images_are_enough(basis_of, images):
    basis = basis_of(1, images)
    assert len(basis.suggest({}, count=30)) == images
    assert basis.guess({10: "pit", 11: "crack"}).of(10)[0][0] == "pit"
    assert basis.suggest({10 + i: "pit" for i in range(images)}, count=5) == []


def test_a_map_is_added_without_doing_anything_again(basis_of):
    basis = basis_of()
    basis.warm_up()
    with_map = basis.with_points(np.zeros((60, 2)))
    assert basis.points is None
    assert with_map.points.shape == (60, 2)
    assert with_map.guess(LABELS).classes == ("crack", "pit")

"""models.suggestions.unusual: suggestions that lead to the rare defects of a mostly plain pool."""

from __future__ import annotations

import numpy as np
import pytest

from models.suggestions.suggest import Suggestion
from models.suggestions.unusual import FIRST_SHARE, UNUSUAL_SHARE, UnusualPool, joined

NOTHING = np.zeros(0, dtype=np.int64)


def pool_of(scores, *, kinds=None, seed: int = 0) -> UnusualPool:
    """Images of such scores, whose places look alike where they are of one kind."""
    scores = np.asarray(scores, dtype=np.float32)
    kinds = np.zeros(len(scores), dtype=int) if kinds is None else np.asarray(kinds)
    noise = np.random.default_rng(seed).standard_normal((len(scores), 12))
    features = 4 * np.eye(12)[kinds] + 0.3 * noise
    return UnusualPool(scores, features.astype(np.float32), np.full((len(scores), 2), 0.5))


def positions(suggestions) -> list[int]:
    return [suggestion.position for suggestion in suggestions]


@pytest.mark.parametrize(("unusual", "rare"), [(0, False), (10, False), (50, True), (300, True), (1_000, False)])
def test_some_images_stand_out_from_the_others(unusual, rare):
    calm = np.random.default_rng(0).normal(5, 1, 1_000 - unusual)
    assert pool_of([*calm, *[12.0] * unusual]).has_rare_ones is rare


CALM = np.random.default_rng(0).normal(5, 1, 95)


def test_half_of_a_first_list_is_unusual_where_some_images_stand_out():
    some_stand_out, all_alike = pool_of([*np.sort(CALM), *[12.0] * 5]), pool_of(CALM)
    assert some_stand_out.wanted("auto", 20, NOTHING, NOTHING) == FIRST_SHARE * 20
    assert all_alike.wanted("auto", 20, NOTHING, NOTHING) == 0
    for pool in (some_stand_out, all_alike):
        answers = [pool.wanted(name, 20, NOTHING, NOTHING) for name in ("unusual", "typical", "uncertain")]
        assert answers == [20, 0, 0]


@pytest.mark.parametrize(
    ("calm", "standing_out", "share"),
    [
        ([0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 1], UNUSUAL_SHARE),  # small defects on a plain surface
        ([0, 1, 2, 3, 4, 0], [1, 2, 1, 2, 3], 0.0),  # textures, some of them rougher
        ([0, 0, 0, 0, 0], [1, 2, 3, 4], FIRST_SHARE),  # too few calm ones to tell
        ([0, 1, 2, 3, 4], [1, 2], 0.0),  # one more could not make them plain
    ],
)
def test_labels_of_images_that_do_not_stand_out_tell_whether_a_pool_is_mostly_plain(calm, standing_out, share):
    pool = pool_of([*np.sort(CALM), *[12.0] * 5])
    labelled = np.array([*range(len(calm)), *range(95, 95 + len(standing_out))])
    assert pool.wanted("auto", 20, labelled, np.array(calm + standing_out)) == share * 20


def test_a_short_first_list_asks_for_calm_images_alone():
    pool = pool_of([*np.sort(CALM), *[12.0] * 5])
    assert [pool.wanted("auto", count, NOTHING, NOTHING) for count in (5, 6, 7, 9, 12, 13)] == [0, 0, 1, 3, 6, 6]
    labelled = np.array([0, 1, 2, 98])
    assert pool.wanted("auto", 6, labelled, np.array([0, 0, 0, 1])) == 3


def test_a_first_list_begins_with_the_usual_ones():
    usual, unusual = ([Suggestion(i, "", kind, (i,)) for i in range(6)] for kind in ("typical", "unusual"))
    usual += usual
    kinds = [suggestion.kind for suggestion in joined(unusual[:3], usual[:8])]
    assert kinds == ["typical"] * 6 + ["unusual", "typical"] * 2 + ["unusual"]
    assert joined(unusual, usual[:1]) == unusual + usual[:1]
    assert joined([], usual) == usual


def test_labels_that_are_mostly_plain_make_the_unusual_worth_a_look():
    pool = pool_of(np.sort(CALM))
    assert pool.wanted("auto", 20, np.arange(8), np.zeros(8, dtype=np.int64)) == UNUSUAL_SHARE * 20
    assert pool.wanted("auto", 20, np.arange(4), np.zeros(4, dtype=np.int64)) == 0


def test_the_most_unusual_come_first_without_labels():
    scores = np.random.default_rng(1).permutation(np.linspace(-4, 8, 40))
    chosen = pool_of(scores, kinds=np.arange(40) % 12).suggest(NOTHING, NOTHING, NOTHING, 5)
    assert chosen[0].position == scores.argmax()
    assert scores[positions(chosen)].min() > np.median(scores)
    assert {suggestion.kind for suggestion in chosen} == {"unusual"}


def test_what_is_avoided_and_what_was_chosen_does_not_come_again():
    pool = pool_of(np.linspace(-4, 4, 10))
    chosen = positions(pool.suggest(NOTHING, NOTHING, np.array([9, 3]), 50))
    assert sorted(chosen) == [0, 1, 2, 4, 5, 6, 7, 8]


def test_the_second_is_of_another_kind_than_the_first():
    scores = [6.0, 5.9, 5.8, 5.5] + [-3.0] * 30
    kinds = [1, 1, 1, 2] + [3 + i % 9 for i in range(30)]
    assert positions(pool_of(scores, kinds=kinds).suggest(NOTHING, NOTHING, NOTHING, 2)) == [0, 3]


def test_what_looks_like_places_labelled_defect_free_comes_late():
    """Dust (kind 1) is more unusual than pores (kind 2); once some dust is labelled good, pores come first."""
    scores = [6.0] * 8 + [5.0] * 8 + [-3.0] * 40
    kinds = [1] * 8 + [2] * 8 + [3 + i % 9 for i in range(40)]
    pool = pool_of(scores, kinds=kinds)
    assert pool.suggest(NOTHING, NOTHING, NOTHING, 1)[0].position < 8
    dusty, good, pores = [0, 1], list(range(16, 26)), [8, 9, 10]
    labelled = np.array(dusty + good + pores)
    labels = np.array([0] * len(dusty + good) + [1] * len(pores))
    chosen = positions(pool.suggest(labelled, labels, labelled, 4))
    assert set(chosen[:2]) <= set(range(11, 16))


@pytest.mark.parametrize(
    ("down", "right", "words"),
    [
        (0.1, 0.1, "at the upper left"),
        (0.5, 0.9, "at the right"),
        (0.99, 0.5, "at the lower"),
        (0.5, 0.5, "in the middle"),
        (1.02, 1.0, "at the lower right"),
    ],
)
def test_where_a_place_lies_is_said_in_words(down, right, words):
    pool = UnusualPool(np.zeros(1), np.zeros((1, 3)), np.array([[down, right]]))
    assert pool.where(0) == words
    assert pool.suggest(NOTHING, NOTHING, NOTHING, 1)[0].reason == f"unusual {words}"


@pytest.mark.parametrize("count", [1, 2])
def test_a_pool_that_is_all_alike_is_listed_all_the_same(count):
    pool = UnusualPool(np.full(count, -3.0), np.zeros((count, 4)), np.zeros((count, 2)))
    assert sorted(positions(pool.suggest(NOTHING, NOTHING, NOTHING, 5))) == list(range(count))

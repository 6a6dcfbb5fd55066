"""The queue without a window: what comes next, what comes back."""

from __future__ import annotations

import pytest

from inspector.jobs.labelling.basis import Suggested
from inspector.ui.pages.label.label_queue import BATCH, REFILL_BELOW, LabelQueue, in_file_order


def suggested(*image_ids: int) -> list[Suggested]:
    return [Suggested(image_id, "drawn at random", "random", (image_id,)) for image_id in image_ids]


@pytest.fixture
def queue() -> LabelQueue:
    made = LabelQueue()
    made.offer(suggested(*range(1, 11)), {})
    return made


def test_an_empty_queue_has_nothing_to_show():
    queue = LabelQueue()
    queue.advance({})
    queue.back()
    assert (queue.current, queue.can_go_back, queue.wants_more({})) == (None, False, True)


def test_it_goes_on_to_what_has_no_label(queue):
    queue.advance({2: "a", 3: "a"})
    assert queue.current_id == 4


def test_a_skipped_image_does_not_come_again(queue):
    queue.skip({})
    queue.offer(suggested(1, 11), {})
    assert 1 not in queue.waiting_ids
    assert 11 in queue.waiting_ids


def test_back_shows_labelled_images_and_on_returns_to_where_it_was(queue):
    labels = {1: "a", 2: "b"}
    queue.advance(labels)
    queue.back()
    queue.back()
    assert queue.current_id == 1
    queue.advance(labels)
    assert queue.current_id == 3


def test_images_labelled_elsewhere_leave_the_queue(queue):
    queue.follow({1, 3}, {1: "a", 3: "a"})
    assert (queue.current_id, queue.waiting_ids) == (2, [4, 5, 6, 7, 8, 9, 10])


def test_an_undone_label_brings_its_image_back(queue):
    queue.follow({1}, {1: "a"})
    queue.follow({2}, {1: "a", 2: "a"})
    queue.follow({2}, {1: "a"})
    assert queue.current_id == 2


def test_a_label_of_another_image_leaves_the_shown_one_alone(queue):
    queue.follow({99}, {99: "a"})
    assert queue.current_id == 1


def test_new_suggestions_take_the_place_of_those_that_wait(queue):
    queue.advance({1: "a"})
    queue.offer(suggested(20, 2, 21), {1: "a"}, replaces=True)
    assert (queue.current_id, queue.waiting_ids) == (2, [20, 21])


def test_an_image_in_the_order_of_the_files_stays_and_learns_its_reason():
    queue = LabelQueue()
    queue.offer(in_file_order(range(1, 4), left_out=(), labels={}), {})
    queue.offer(suggested(3, 1), {}, replaces=True)
    assert (queue.current, queue.waiting_ids) == (*suggested(1), [3])


def test_it_wants_more_before_it_runs_dry(queue):
    assert not queue.wants_more({})
    for _ in range(10 - REFILL_BELOW):
        queue.skip({})
    assert queue.wants_more({})


def test_an_image_chosen_before_its_turn_leaves_the_others_in_order(queue):
    queue.go_to(5)
    assert (queue.current_id, queue.waiting_ids[:3]) == (5, [2, 3, 4])
    queue.back()
    assert queue.current_id == 1


def test_images_that_are_gone_are_forgotten(queue):
    queue.advance({1: "a"})
    queue.keep({1, 3, 4}, {1: "a"})
    assert (queue.current_id, queue.waiting_ids) == (3, [4])


def test_skipped_images_come_again_when_they_are_wanted(queue):
    queue.skip({})
    queue.unskip()
    queue.offer(suggested(1), {})
    assert (queue.current_id, queue.waiting_ids[-1]) == (2, 1)


def test_the_order_of_the_files_leaves_out_labels_and_skipped():
    chosen = in_file_order(range(1, 100), left_out={2}, labels={1: "a"})
    assert [entry.image_id for entry in chosen][:3] == [3, 4, 5]
    assert len(chosen) == BATCH

"""The queue of images to label: what is shown next, whoever labels what meanwhile."""

from __future__ import annotations

import pytest

from inspector.jobs.basis import Suggested
from inspector.ui.pages.label.label_queue import BATCH, LabelQueue, in_file_order


def suggested(*ids: int) -> list[Suggested]:
    return [Suggested(image_id, "stands for itself", "typical", (image_id,)) for image_id in ids]


@pytest.fixture
def queue() -> LabelQueue:
    made = LabelQueue()
    made.offer(suggested(5, 3, 8, 1), {})
    return made


def test_images_come_in_the_order_of_the_suggestions(queue):
    assert queue.current_id == 5
    assert queue.waiting_ids == [3, 8, 1]


def test_a_label_moves_on_and_its_undo_comes_back(queue):
    queue.follow({5}, {5: "crazing"})
    assert queue.current_id == 3
    queue.follow({5}, {})
    assert queue.current_id == 5


def test_an_image_labelled_elsewhere_is_not_shown(queue):
    labels = {3: "crazing"}
    queue.follow({3}, labels)
    assert queue.current_id == 5
    queue.advance(labels)
    assert queue.current_id == 8


def test_going_back_shows_a_labelled_image_and_forward_passes_over_it(queue):
    labels = {5: "crazing", 3: "crazing"}
    queue.follow({5}, {5: "crazing"})
    queue.follow({3}, labels)
    queue.back()
    assert queue.current_id == 3
    queue.advance(labels)
    assert queue.current_id == 8


def test_back_stops_at_the_beginning(queue):
    assert not queue.can_go_back
    queue.back()
    assert queue.current_id == 5


def test_a_skipped_image_comes_again_only_when_asked_for(queue):
    queue.skip({})
    queue.offer(suggested(5, 9), {}, replaces=True)
    assert (queue.current_id, queue.waiting_ids) == (3, [9])
    queue.unskip()
    queue.offer(suggested(5), {})
    assert queue.current_id == 5


def test_newer_suggestions_leave_the_image_in_view(queue):
    queue.offer(suggested(7, 5, 6), {6: "crazing"}, replaces=True)
    assert (queue.current_id, queue.waiting_ids) == (5, [7])


def test_with_few_images_waiting_more_are_wanted():
    queue = LabelQueue()
    queue.offer(suggested(*range(1, 10)), {})
    assert not queue.wants_more({})
    queue.skip({})
    assert queue.wants_more({})


def test_images_that_left_the_project_are_forgotten(queue):
    queue.advance({})
    queue.keep({5, 8}, {})
    assert (queue.current_id, queue.neighbours(before=1, count=9)) == (8, [5, 8])


def test_an_image_chosen_before_its_turn_leaves_the_others_in_their_places(queue):
    queue.go_to(8)
    assert (queue.current_id, queue.waiting_ids) == (8, [3, 1])


def test_the_end_of_the_queue_has_no_image(queue):
    for _ in range(4):
        queue.skip({})
    assert queue.current is None


def test_file_order_is_one_batch_of_free_images():
    found = in_file_order(range(1, 100), left_out={1}, labels={2: "crazing"})
    assert [s.image_id for s in found] == list(range(3, 3 + BATCH))

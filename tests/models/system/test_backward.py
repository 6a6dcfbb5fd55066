"""models.system.backward"""

from __future__ import annotations

import pytest
import torch

from models.system.backward import LOOK_SECONDS, SharedCores, backward


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def cores(now: list[float], alone: float, together: list[float]) -> SharedCores:
    """One thread takes `alone`, several take `together`; `now` is the clock."""
    return SharedCores(lambda threads: alone if threads == 1 else together[0], clock=lambda: now[0])


class Training:
    """Whose passes are held against each other."""


TRAINING = Training()


def given(shared: SharedCores, *, now: list[float] | None = None, takes: float = 0.0) -> int:
    """How many threads a pass gets, which takes so many seconds of the clock `now`."""
    with shared.threads(TRAINING) as threads:
        assert torch.get_num_threads() == threads
        if now is not None:
            now[0] += takes
    assert torch.get_num_threads() == 2
    return threads


@pytest.mark.parametrize("together", [0.6, 1.0, 2.0])
def test_all_threads_while_the_cores_are_free(two_threads, together):
    """A probe as small as this one hardly gains by threads, and is timed badly."""
    assert given(cores([0.0], alone=1.0, together=[together])) == 2


def test_one_thread_while_another_program_is_busy_and_all_again_after_it(two_threads):
    now, together = [0.0], [8.0]
    shared = cores(now, 1.0, together)
    assert given(shared) == 1
    together[0] = 0.6
    assert given(shared) == 1, "it looks every few seconds only"
    now[0] = LOOK_SECONDS
    assert given(shared) == 2


def test_a_pass_that_was_held_up_ends_several_threads_though_the_probe_was_lucky(two_threads):
    now = [0.0]
    shared = cores(now, 1.0, [1.0])
    assert [given(shared, now=now, takes=seconds) for seconds in (0.5, 8.0, 0.5)] == [2, 2, 1]
    first, second = 8.5 + 2 * LOOK_SECONDS, 16.5 + 6 * LOOK_SECONDS  # when it looks again, waiting longer each time
    for look, takes in ((first, 8.0), (second, 0.5)):
        now[0] = look - 0.5
        assert [given(shared, now=now, takes=0.5), given(shared, now=now, takes=takes)] == [1, 2]
    assert given(shared, now=now, takes=0.5) == 2


@pytest.mark.parametrize("seconds", [(0.01, 0.3), (2.0, 2.1, 7.9)])
def test_a_pass_somewhat_longer_or_soon_over_is_not_held_up(two_threads, seconds):
    now = [0.0]
    shared = cores(now, 1.0, [1.0])
    assert [given(shared, now=now, takes=takes) for takes in (*seconds, 0.1)] == [2] * (len(seconds) + 1)


def test_threads_come_back_after_an_error(two_threads):
    with pytest.raises(RuntimeError), cores([0.0], 1.0, [8.0]).threads(TRAINING):
        raise RuntimeError
    assert torch.get_num_threads() == 2


def test_gradients_are_those_of_a_plain_backward_pass():
    weights = torch.tensor([2.0, 3.0], requires_grad=True)
    backward((weights**2).sum(), torch.optim.SGD([weights]))
    assert weights.grad.tolist() == [4.0, 6.0]

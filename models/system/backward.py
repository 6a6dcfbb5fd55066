"""Backward passes on a processor whose cores other programs use too.

The threads of a convolution's backward kernel (oneDNN) wait for each other in a loop inside the kernel. If another
program has pushed one of them off its core, the others spin until its next turn, thousands of times a step: on two
cores beside one busy program a step of SimCLR took 6 to 39 s instead of 0.5 s, and 0.9 s with one thread. Everything
else waits in ways that cost little. So a small convolution shows every few seconds whether the threads are held up,
and backward passes have one where they are. It is soon over and may be lucky, so a pass that took much longer than its
training has known ends the use of several threads too, for longer each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import torch
import torch.nn.functional as F
from torch import Tensor

from models.system.device import half_precision

LOOK_SECONDS, MOST_SECONDS = 5.0, 160.0  # until the next look: at first, and after one pass after the other was held up
LEAST_SECONDS = 1.0  # of a pass that is worth a longer wait
PROBES = 3  # of which the fastest counts
# How many times as long several threads take where the cores are shared: 5.9 to 14 measured beside one busy program. On
# free cores so small a probe takes about as long with two threads as with one: 0.6 to 2.7 times.
MUCH_LONGER = 4.0
PROBE_SHAPE = (32, 32, 16, 16)  # about a millisecond


def backward(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """`loss.backward()`, on a processor with one thread while other programs hold several up.

    Args:
        optimizer: that of the training, whose passes are held against each other.
    """
    if loss.device.type != "cpu":
        loss.backward()
        return
    with _CORES.threads(optimizer):
        loss.backward()


class SharedCores:
    """How many threads a backward pass gets.

    Args:
        seconds_with: how long a probe takes with so many threads.
        clock: seconds.
    """

    def __init__(self, seconds_with: Callable[[int], float], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds_with = seconds_with
        self._clock = clock
        self._next_look = -float("inf")
        self._wait = LOOK_SECONDS
        self._is_shared = False
        self._fastest: WeakKeyDictionary[object, float] = WeakKeyDictionary()

    @contextmanager
    def threads(self, training: object) -> Iterator[int]:
        """Inside, where one pass of a training belongs, torch has that many threads."""
        most = torch.get_num_threads()
        if most > 1 and self._clock() >= self._next_look:
            self._is_shared = self._seconds_with(most) > MUCH_LONGER * self._seconds_with(1)
            self._next_look = self._clock() + LOOK_SECONDS
        chosen = 1 if self._is_shared else most
        torch.set_num_threads(chosen)
        started = self._clock()
        try:
            yield chosen
        finally:
            torch.set_num_threads(most)
        self._judge(training, self._clock() - started, chosen)

    def _judge(self, training: object, seconds: float, threads: int) -> None:
        """Look away for longer each time after passes that were held up; as at first after one that was not."""
        fastest = min(seconds, self._fastest.get(training, seconds))
        self._fastest[training] = fastest
        if threads == 1:
            return
        if seconds > max(LEAST_SECONDS, MUCH_LONGER * fastest):
            self._is_shared = True
            self._wait = min(2 * self._wait, MOST_SECONDS)
            self._next_look = self._clock() + self._wait
        else:
            self._wait = LOOK_SECONDS


def _seconds_with(threads: int) -> float:
    """The fastest of a few backward passes of a small convolution."""
    most = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return min(_probe() for _ in range(PROBES))
    finally:
        torch.set_num_threads(most)


def _probe() -> float:
    dtype = half_precision(torch.device("cpu")) or torch.float32
    images = torch.ones(PROBE_SHAPE, dtype=dtype).to(memory_format=torch.channels_last).requires_grad_()
    weights = torch.ones(PROBE_SHAPE[1], PROBE_SHAPE[1], 3, 3, dtype=dtype, requires_grad=True)
    with torch.enable_grad():
        outputs = F.conv2d(images, weights, padding=1)
    gradient = torch.ones_like(outputs)
    started = time.perf_counter()
    torch.autograd.grad(outputs, (images, weights), gradient)
    return time.perf_counter() - started


_CORES = SharedCores(_seconds_with)

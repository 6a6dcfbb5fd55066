"""What the process is told before it computes."""

from __future__ import annotations

import pytest

from models.process import KEEP_BYTES, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, keep_large_buffers

OLD_LIMIT = 32 << 20


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (KEEP_BYTES, [(M_MMAP_THRESHOLD, KEEP_BYTES), (M_TRIM_THRESHOLD, KEEP_BYTES)]),
        (OLD_LIMIT, [(M_MMAP_THRESHOLD, OLD_LIMIT), (M_TRIM_THRESHOLD, KEEP_BYTES)]),
        (0, []),
    ],
    ids=["new", "old", "refuses"],
)
def test_an_allocator_is_told_what_it_accepts(limit, expected):
    accepted = []

    def mallopt(parameter: int, value: int) -> int:
        if parameter == M_MMAP_THRESHOLD and value > limit:
            return 0
        accepted.append((parameter, value))
        return 1

    keep_large_buffers(mallopt)
    assert accepted == expected

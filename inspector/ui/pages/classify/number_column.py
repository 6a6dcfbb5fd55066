"""Numbers in a row that doubles its room when it is full."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FIRST_ROOM = 1024


class NumberColumn:
    """Numbers of one type, to be read as an array."""

    def __init__(self, dtype: type) -> None:
        self._room = np.empty(FIRST_ROOM, dtype)
        self._size = 0

    @property
    def values(self) -> np.ndarray:
        """All of them (n,); may be written to."""
        return self._room[: self._size]

    def extend(self, numbers: Sequence[float] | np.ndarray) -> None:
        """Add some at the end."""
        size = self._size + len(numbers)
        if size > len(self._room):
            grown = np.empty(max(size, 2 * len(self._room)), self._room.dtype)
            grown[: self._size] = self.values
            self._room = grown
        self._room[self._size : size] = numbers
        self._size = size

    def clear(self) -> None:
        """Keep none."""
        self._size = 0

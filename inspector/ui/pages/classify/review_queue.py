"""The results that a person goes through one by one. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable


class ReviewQueue:
    """Rows to decide on, each shown once; one may go back, and what was skipped counts as seen."""

    def __init__(self, rows: Iterable[int]) -> None:
        self._rows = list(rows)
        self._at = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def position(self) -> int:
        """The place of the current row, from 0; the number of rows once all were seen."""
        return self._at

    @property
    def current(self) -> int | None:
        """The row to decide on; None once all were seen."""
        return self._rows[self._at] if self._at < len(self._rows) else None

    @property
    def previous(self) -> int | None:
        """The row before the current one; None at the first."""
        return self._rows[self._at - 1] if self._at > 0 else None

    @property
    def following(self) -> int | None:
        """The row after the current one, which may be loaded ahead; None at the last."""
        return self._rows[self._at + 1] if self._at + 1 < len(self._rows) else None

    def advance(self) -> None:
        """Go on to the next row."""
        self._at = min(self._at + 1, len(self._rows))

    def back(self) -> None:
        """Go back to the row before."""
        self._at = max(self._at - 1, 0)

"""Where the class keys stand: in one row while they fit, in two from eight on, then they scroll. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

KEY_HEIGHT_PX, GAP_PX = 58, 6
MIN_KEY_PX, NEW_PX = 80, 60
ONE_ROW = 7  # classes
SHOWN_ROWS = 2


@dataclass(frozen=True)
class KeyPlaces:
    """(x, y, width) of each class key, then of the key for a new class; all are KEY_HEIGHT_PX high."""

    places: tuple[tuple[int, int, int], ...]
    rows: int

    @property
    def height_px(self) -> int:
        """Of all rows."""
        return _rows_height(self.rows)

    @property
    def shown_height_px(self) -> int:
        """Of the rows that are shown without scrolling."""
        return _rows_height(min(self.rows, SHOWN_ROWS))


def key_places(classes: int, width_px: int) -> KeyPlaces:
    """Places for so many classes in this width; the key for a new class comes last and is narrower."""
    fitting = max(1, (width_px - NEW_PX) // (MIN_KEY_PX + GAP_PX))
    columns = min(fitting, classes if classes <= ONE_ROW else -(-classes // 2))
    columns = max(1, columns)
    rows = max(1, -(-classes // columns))
    key_px = (width_px - NEW_PX - columns * GAP_PX) // columns
    key_px = min(key_px, 2 * MIN_KEY_PX)
    step = key_px + GAP_PX
    places = [(i % columns * step, i // columns * (KEY_HEIGHT_PX + GAP_PX), key_px) for i in range(classes)]
    last = (classes - 1) % columns + 1 if classes else 0
    new = (last * step, (rows - 1) * (KEY_HEIGHT_PX + GAP_PX), NEW_PX)
    return KeyPlaces((*places, new), rows)


def _rows_height(rows: int) -> int:
    return rows * (KEY_HEIGHT_PX + GAP_PX) - GAP_PX

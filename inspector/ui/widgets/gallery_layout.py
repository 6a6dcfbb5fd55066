"""Where the parts of a gallery's tiles lie. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF

from inspector.ui.widgets.class_badge import BADGE_PX

MIN_TILE_PX, MAX_TILE_PX, USUAL_TILE_PX = 64, 256, 112
GAP_PX = 6
INSET_PX = 4  # of badges and marks from the image's edge
MARK_PX = 18


@dataclass(frozen=True)
class Grid:
    """Columns that fill a row, and the side of a cell: a tile and the gap around it."""

    columns: int
    cell_px: int


def grid(width_px: int, tile_px: int) -> Grid:
    """As many tiles of at least `tile_px` as a row has room for, made larger until they fill it."""
    columns = max(1, width_px // (tile_px + GAP_PX))
    return Grid(columns, max(MIN_TILE_PX // 2, width_px // columns))


def tile_rect(cell: QRect) -> QRect:
    """The image within its cell."""
    half = GAP_PX // 2
    return cell.adjusted(half, half, -half, -half)


def badge_rect(tile: QRect) -> QRectF:
    """The label's or guess's badge, lower left."""
    return QRectF(tile.left() + INSET_PX, tile.bottom() + 1 - INSET_PX - BADGE_PX, BADGE_PX, BADGE_PX)


def mark_rect(tile: QRect, position: int) -> QRect:
    """The mark at a position from the upper right corner."""
    left = tile.right() + 1 - (position + 1) * (MARK_PX + INSET_PX)
    return QRect(left, tile.top() + INSET_PX, MARK_PX, MARK_PX)

"""One image at any zoom on an achromatic well: fit, whole pixels, contrast stretch for grey ones."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.pictures.image_loading import to_qimage
from inspector.ui.pictures.whole_images import LoadedImage, WholeImages, stretched
from inspector.ui.theme import font, theme
from inspector.ui.widgets.controls import follow_theme
from models.images.settings import Scaling

MIN_ZOOM, MAX_ZOOM = 0.02, 32.0
STEP = 1.25
NEAREST_FROM = 2.0  # zoom at which pixels are shown as squares
ZOOMS = {"1:1": 1.0, "4:1": 4.0}


class Overlay(Protocol):
    """Something that lies over the image and moves with it."""

    def paint(self, painter: QPainter, place: QRectF) -> None:
        """Draw it over an image that lies at `place`, in px of the view."""


class ImageView(QWidget):
    """`zoom_changed` carries screen pixels an image pixel, `failed` why an image cannot be shown.

    `file_changed` carries the file that is shown from now on, None if it is none.
    """

    zoom_changed = Signal(float)
    file_changed = Signal(object)
    loaded = Signal()
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._loader = WholeImages(self)
        self._loader.loaded.connect(self._on_loaded)
        self._loader.failed.connect(self._on_failed)
        self._image: LoadedImage | None = None
        self._preview: QPixmap | None = None
        self._overlay: Overlay | None = None
        self._message = ""
        self._is_stretched, self._is_fitted = False, True
        self._zoom = 1.0
        self._offset = QPointF()  # of the image's centre from the view's, in screen pixels
        self._grabbed: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Image")
        follow_theme(self, self.update)

    # What is shown

    def show_image(self, path: Path, *, scaling: Scaling | None = None, preview: QPixmap | None = None) -> None:
        """Show a file once it is decoded, until then the preview or nothing. A later call overtakes an earlier one."""
        self._forget()
        self._preview = preview
        self.setAccessibleDescription(path.name)
        self.file_changed.emit(path)
        self._loader.load(path, scaling)

    def show_pixels(self, pixels: np.ndarray) -> None:
        """Show pixels (H, W) or (H, W, 3) uint8."""
        self.clear()
        self._on_loaded(LoadedImage.of(pixels))

    def preload(self, path: Path, *, scaling: Scaling | None = None) -> None:
        """Decode a file that will be shown soon."""
        self._loader.preload(path, scaling)

    def clear(self) -> None:
        """Show nothing."""
        self._forget()
        self.file_changed.emit(None)

    def set_overlay(self, overlay: Overlay | None) -> None:
        """Lay something over the image, or take it away."""
        self._overlay = overlay
        self.update()

    @property
    def pixels(self) -> np.ndarray | None:
        """What is shown, (H, W) or (H, W, 3) uint8 without stretch."""
        return None if self._image is None else self._image.pixels

    # Zoom and contrast

    @property
    def zoom(self) -> float:
        """Screen pixels an image pixel."""
        return self._fit_zoom() if self._is_fitted else self._zoom

    def set_zoom(self, choice: str) -> None:
        """'fit', '1:1' or '4:1'; KeyError for anything else."""
        if choice == "fit":
            self._is_fitted, self._offset = True, QPointF()
            self._announce()
        else:
            self._zoom_to(ZOOMS[choice], self._centre())

    def zoom_in(self) -> None:
        """A step closer."""
        self._zoom_to(self.zoom * STEP, self._centre())

    def zoom_out(self) -> None:
        """A step away."""
        self._zoom_to(self.zoom / STEP, self._centre())

    @property
    def is_stretched(self) -> bool:
        """Whether the contrast of grey images is stretched."""
        return self._is_stretched

    def set_stretched(self, is_stretched: bool) -> None:
        """Stretch the contrast of grey images to the whole range, or do not."""
        self._is_stretched = is_stretched
        self.update()

    @property
    def stretch_limits(self) -> tuple[int, int] | None:
        """The grey levels that become black and white; None for colour and while nothing is shown."""
        return None if self._image is None else self._image.limits

    # Events

    def sizeHint(self) -> QSize:  # noqa: N802
        """Any size does."""
        return QSize(320, 320)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw what is seen of it."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.colour("well"))
            if self._image is not None:
                self._paint_image(painter, self._image)
            elif self._preview is not None:
                self._paint_preview(painter, self._preview)
            elif self._message:
                painter.setPen(theme.colour("bad"))
                painter.setFont(font(13))
                room = self.rect().adjusted(16, 16, -16, -16)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the pointer."""
        if self._image is not None and event.angleDelta().y():
            self._zoom_to(self.zoom * STEP ** (event.angleDelta().y() / 120), event.position())
            event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the image."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move it."""
        if self._grabbed is not None and not self._is_fitted:
            self._offset += event.position() - self._grabbed
            self._grabbed = event.position()
            self._bound()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        self._grabbed = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """From fit to whole pixels and back."""
        self.set_zoom("1:1" if self._is_fitted else "fit")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Plus, minus, 0."""
        actions = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: lambda: self.set_zoom("fit"),
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit again."""
        super().resizeEvent(event)
        self._bound()
        self._announce()

    def _forget(self) -> None:
        self._loader.forget()
        self._image = self._preview = None
        self._message = ""
        self._offset = QPointF()
        self.update()

    def _on_loaded(self, image: LoadedImage) -> None:
        self._image, self._preview = image, None
        self._announce()
        self.loaded.emit()

    def _on_failed(self, reason: str) -> None:
        self._preview, self._message = None, reason
        self.update()
        self.failed.emit(reason)

    def _paint_image(self, painter: QPainter, image: LoadedImage) -> None:
        """Draw what is seen of it, from the level of its size: no more pixels are touched than a few screens have."""
        zoom = self.zoom
        place = self._place(zoom)
        seen = place.intersected(QRectF(self.rect()))
        if seen.isEmpty():
            return
        level = image.level_for(zoom * self.devicePixelRatioF())
        pixels = image.levels[level]
        height, width = pixels.shape[:2]
        across, down = place.width() / width, place.height() / height  # screen pixels a pixel of the level
        left, top = int((seen.left() - place.left()) / across), int((seen.top() - place.top()) / down)
        right = min(width, ceil((seen.right() - place.left()) / across))
        bottom = min(height, ceil((seen.bottom() - place.top()) / down))
        part = pixels[top:bottom, left:right]
        if self._is_stretched and image.limits is not None:
            part = stretched(part, image.limits)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < NEAREST_FROM)
        target = QRectF(
            place.left() + left * across, place.top() + top * down, part.shape[1] * across, part.shape[0] * down
        )
        painter.drawImage(target, to_qimage(part))
        if self._overlay is not None:
            self._overlay.paint(painter, place)

    def _paint_preview(self, painter: QPainter, preview: QPixmap) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = QSize(preview.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2), size.toSizeF())
        painter.drawPixmap(place, preview, QRectF(preview.rect()))

    def _size(self) -> tuple[int, int]:
        return (1, 1) if self._image is None else (self._image.pixels.shape[1], self._image.pixels.shape[0])

    def _fit_zoom(self) -> float:
        width, height = self._size()
        return max(MIN_ZOOM / 10, min(self.width() / width, self.height() / height))

    def _centre(self) -> QPointF:
        return QRectF(self.rect()).center()

    def _place(self, zoom: float) -> QRectF:
        width, height = self._size()
        centre = self._centre() + (QPointF() if self._is_fitted else self._offset)
        return QRectF(centre.x() - width * zoom / 2, centre.y() - height * zoom / 2, width * zoom, height * zoom)

    def _zoom_to(self, zoom: float, fixed: QPointF) -> None:
        """Change the zoom so that what is at `fixed` stays there."""
        before = self.zoom
        zoom = min(max(zoom, min(MIN_ZOOM, self._fit_zoom())), MAX_ZOOM)
        offset = QPointF() if self._is_fitted else self._offset
        from_centre = fixed - self._centre()
        self._offset = from_centre - (from_centre - offset) * (zoom / before)
        self._zoom, self._is_fitted = zoom, False
        self._bound()
        self._announce()

    def _bound(self) -> None:
        """The image cannot be moved out of sight."""
        width, height = self._size()
        reach_x = max(0.0, (width * self._zoom - self.width()) / 2)
        reach_y = max(0.0, (height * self._zoom - self.height()) / 2)
        self._offset = QPointF(
            min(max(self._offset.x(), -reach_x), reach_x), min(max(self._offset.y(), -reach_y), reach_y)
        )

    def _announce(self) -> None:
        self.update()
        if self._image is not None:
            self.zoom_changed.emit(self.zoom)

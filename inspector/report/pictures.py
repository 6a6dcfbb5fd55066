"""Sheets of images: what a masked autoencoder reconstructs, and what a classifier answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from inspector.report.style import new_figure, short_name, styled
from resources.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_RECONSTRUCTIONS = 8
SAMPLE_COLUMNS = 6
THUMBNAIL_INCHES = 1.25
CAPTION_NAME_LENGTH = 18


@styled
def reconstruction_figure(original: np.ndarray, masked: np.ndarray, reconstructed: np.ndarray) -> Figure:
    """Rows of original, masked and reconstructed crops, each (n, H, W, C) uint8; at most eight are shown.

    Raises:
        ValueError: shapes differ, or there are no crops.
    """
    if not original.shape == masked.shape == reconstructed.shape or not len(original):
        raise ValueError(
            f"crops must have one shape and not be empty: {original.shape}, {masked.shape}, {reconstructed.shape}"
        )
    count = min(len(original), MAX_RECONSTRUCTIONS)
    figure = new_figure(1.0 + THUMBNAIL_INCHES * count, 0.2 + 3 * THUMBNAIL_INCHES)
    rows = {"Original": original, "Masked": masked, "Reconstructed": reconstructed}
    for cells, (name, crops) in zip(figure.subplots(3, count, squeeze=False), rows.items(), strict=True):
        for axes, crop in zip(cells, crops[:count], strict=True):
            _draw_image(axes, crop)
        cells[0].set_ylabel(name, color=LIGHT.tokens["text2"])
    return figure


@styled
def samples_figure(
    images: Sequence[np.ndarray],
    predicted: Sequence[str],
    confidence: Sequence[float],
    true: Sequence[str] | None = None,
) -> Figure:
    """Thumbnails with the answer and its confidence (0..1) below; where `true` differs, it is named in red.

    Args:
        images: n arrays (H, W) or (H, W, C) uint8, C = 1 or 3.

    Raises:
        ValueError: no images, or lists of different lengths.
    """
    if not images:
        raise ValueError("samples_figure needs at least one image")
    columns = min(SAMPLE_COLUMNS, len(images))
    rows = -(-len(images) // columns)
    figure = new_figure(columns * (THUMBNAIL_INCHES + 0.25), rows * (THUMBNAIL_INCHES + 0.5))
    cells = figure.subplots(rows, columns, squeeze=False).ravel()
    answers = zip(images, predicted, confidence, true if true is not None else predicted, strict=True)
    for axes, (image, answer, share, truth) in zip(cells, answers, strict=False):
        _draw_image(axes, image)
        axes.set_xlabel(_caption(answer, share, truth), fontsize=7, color=_caption_colour(answer, truth))
    for axes in cells[len(images) :]:
        axes.set_axis_off()
    return figure


@styled
def sheet_figure(pictures: Sequence[np.ndarray]) -> Figure:
    """Pictures (H, W, 3) uint8 in rows, without captions.

    Raises:
        ValueError: no pictures.
    """
    if not pictures:
        raise ValueError("sheet_figure needs at least one picture")
    columns = min(SAMPLE_COLUMNS, len(pictures))
    rows = -(-len(pictures) // columns)
    figure = new_figure(columns * (THUMBNAIL_INCHES + 0.25), rows * (THUMBNAIL_INCHES + 0.25))
    cells = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, picture in zip(cells, pictures, strict=False):
        _draw_image(axes, picture)
    for axes in cells[len(pictures) :]:
        axes.set_axis_off()
    return figure


def _caption(answer: str, share: float, truth: str) -> str:
    given = f"{short_name(answer, limit=CAPTION_NAME_LENGTH)} {100 * share:.0f} %"
    return given if answer == truth else f"{given}\n✗ is {short_name(truth, limit=CAPTION_NAME_LENGTH)}"


def _caption_colour(answer: str, truth: str) -> str:
    return LIGHT.tokens["text2" if answer == truth else "bad"]


def _draw_image(axes: Axes, image: np.ndarray) -> None:
    """Grey stays grey: no colour map, and no stretch to the image's own range."""
    if image.ndim == 3 and image.shape[2] == 1:
        image = image[:, :, 0]
    axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)

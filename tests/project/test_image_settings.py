"""The channels that a project's first images fix, and what else decides on pixels."""

from __future__ import annotations

import pytest

from models.errors import KnownError
from models.images.reading import DEFAULT_MAX_PIXELS


def test_images_are_kept_at_native_resolution_up_to_a_limit(imported):
    assert (imported.image_settings.max_area, imported.image_settings.max_pixels) == (640 * 640, DEFAULT_MAX_PIXELS)


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (1, 1), (2, 3)])
def test_few_colour_images_leave_a_project_grey(project, importing, picture, tmp_path, colour, channels):
    for seed in range(20):
        shape = (8, 8, 3) if seed < colour else (8, 8)
        picture(tmp_path / "mixed" / f"{seed}.png", seed=seed, shape=shape)
    importing(project, tmp_path / "mixed")
    assert project.image_settings.channels == channels


def test_no_images_no_settings(project):
    with pytest.raises(KnownError, match="no images yet"):
        _ = project.image_settings

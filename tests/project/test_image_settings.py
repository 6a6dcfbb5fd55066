"""The working size and channels that a project's first images fix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.project.image_settings import MAX_WORKING_PIXELS, MIN_WORKING_SIDE, working_size
from models.errors import KnownError
from models.images import DEFAULT_MAX_PIXELS


@pytest.mark.parametrize(
    ("size", "expected"),
    [((200, 200), (200, 200)), ((512, 512), (256, 256)), ((1000, 250), (512, 128)), ((12, 300), (32, 300))],
)
def test_working_size(size, expected):
    assert working_size(height=size[0], width=size[1]) == expected


@given(st.integers(1, 60_000), st.integers(1, 60_000))
def test_working_size_is_never_too_large_or_too_small(height, width):
    sides = working_size(height=height, width=width)
    assert min(sides) >= MIN_WORKING_SIDE
    assert sides[0] * sides[1] <= MAX_WORKING_PIXELS


def test_most_frequent_size_wins(project, importing, picture, tmp_path):
    for seed, shape in enumerate([(40, 60), (40, 60), (90, 90)]):
        picture(tmp_path / "mixed" / f"{seed}.png", seed=seed, shape=shape)
    importing(project, tmp_path / "mixed")
    settings = project.image_settings
    assert (settings.height, settings.width, settings.max_pixels) == (40, 60, DEFAULT_MAX_PIXELS)


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

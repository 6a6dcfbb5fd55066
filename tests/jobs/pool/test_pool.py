"""What is told of the images while they are decoded."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.project import Project
from models.events import Notice


@pytest.fixture
def notices(tmp_path):
    """Draws images of the shapes given, fills the pool of a project of them, and returns what was told."""

    def told(*shapes: tuple[int, int]) -> list[str]:
        for number, shape in enumerate(shapes):
            pixels = np.full(shape, number, np.uint8)
            (tmp_path / f"{number}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        with Project.create(tmp_path / "project") as project:
            list(project.import_folders([tmp_path]))
            with open_cache(project) as cache:
                return [event.text for event in fill_pool(project, cache) if isinstance(event, Notice)]

    return told


def test_images_up_to_the_limit_are_nothing_to_talk_about(notices):
    assert notices((640, 640), (5, 5)) == []


def test_one_image_that_is_looked_at_smaller(notices):
    (sentence,) = notices((1_280, 1_280), (100, 100))
    assert sentence == "1 of 2 images is larger than 640 x 640 px and is looked at smaller, at 50 %."


def test_the_largest_of_several_is_told(notices):
    (sentence,) = notices((1_280, 1_280), (2_560, 2_560), (100, 100))
    assert sentence == ("2 of 3 images are larger than 640 x 640 px and are looked at smaller, the largest at 25 %.")

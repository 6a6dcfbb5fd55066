"""Maps beside the results, one an image."""

from __future__ import annotations

import numpy as np
import pytest

from models.prediction.map_pictures import MapPictures

IMAGE, HEAT = np.zeros((1, 8, 8), np.uint8), np.ones((8, 8), np.float32)


@pytest.mark.parametrize("letter", ["x", "表"])
def test_images_with_the_longest_names_have_a_map_each(tmp_path, letter):
    stem = "coil/" + letter * (250 // len(letter.encode()))
    pictures = MapPictures(tmp_path)
    for end in ("1.png", "2.png"):
        pictures.write(stem + end, IMAGE, HEAT)
    names = [path.name for path in (tmp_path / "coil").iterdir()]
    assert len(names) == 2
    assert all(name.endswith(".map.png") for name in names)


def test_a_map_lies_under_the_name_of_its_image(tmp_path):
    MapPictures(tmp_path).write("coil/a.png", IMAGE, HEAT)
    assert (tmp_path / "coil/a.png.map.png").is_file()

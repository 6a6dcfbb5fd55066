"""An image for which memory runs out has a reason, whoever ran out of it; a mistake of ours stays one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import models.images.decoding
import models.images.reading
from models.errors import ImageError
from models.images.reading import decode, prepare, read_bytes
from models.images.settings import ImageSettings, Scaling
from models.system.free_memory import memory_for_one_image

SETTINGS = ImageSettings(channels=1, max_area=6_400, scaling=Scaling(uint16=(0.0, 1.0)), max_pixels=10**9)
DEEP = cv2.imencode(".png", np.zeros((8, 8), np.uint16))[1].tobytes()


def opencv_error(code: int) -> cv2.error:
    error = cv2.error("told by OpenCV")
    error.code = code
    return error


def failing_with(error: Exception):
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


FULL = [MemoryError(), opencv_error(cv2.Error.StsNoMem)]


@pytest.mark.parametrize("error", FULL, ids=["Python", "OpenCV"])
@pytest.mark.parametrize(
    ("module", "name"),
    [
        (models.images.reading, "to_uint8"),
        (models.images.reading, "resize"),
        (models.images.decoding, "_finite"),
        (models.images.decoding.cv2, "imdecode"),
    ],
    ids=["scaling", "resizing", "checking", "decoding"],
)
def test_each_step_from_bytes_to_pixels_says_that_memory_is_short(monkeypatch, module, name, error):
    monkeypatch.setattr(module, name, failing_with(error))
    with pytest.raises(ImageError, match="needs more memory than is free"):
        prepare(DEEP, SETTINGS)


def test_a_file_that_is_too_large_to_read_says_so(tmp_path, monkeypatch):
    (tmp_path / "x.png").write_bytes(DEEP)
    monkeypatch.setattr(models.images.reading.os, "fdopen", failing_with(MemoryError()))
    with pytest.raises(ImageError, match="needs more memory than is free"):
        read_bytes(tmp_path / "x.png")


def test_other_errors_of_opencv_are_no_matter_of_memory():
    with pytest.raises(cv2.error, match="told by OpenCV"), memory_for_one_image():
        raise opencv_error(cv2.Error.StsBadArg)


def test_an_error_of_opencv_while_it_decodes_is_damage(monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", failing_with(opencv_error(cv2.Error.StsBadArg)))
    with pytest.raises(ImageError, match="is damaged"):
        decode(DEEP)

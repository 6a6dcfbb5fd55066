"""What a network saw last comes back from the run's folder."""

from __future__ import annotations

import numpy as np
import pytest

from inspector.jobs.pretraining.run_pictures import PICTURES, load_pictures, save_pictures
from models.events import Reconstruction, Views

CROPS = np.arange(2 * 8 * 8, dtype=np.uint8).reshape(2, 8, 8, 1)


@pytest.mark.parametrize(
    "event", [Views(3, CROPS[:, None]), Reconstruction(4, CROPS, CROPS // 2, CROPS // 3)], ids=["views", "rebuilt"]
)
def test_pictures_come_back(tmp_path, event):
    save_pictures(tmp_path, Views(1, CROPS[:, None]))
    save_pictures(tmp_path, event)
    kept = load_pictures(tmp_path)
    assert type(kept) is type(event)
    assert {name: np.asarray(value).tolist() for name, value in vars(kept).items()} == {
        name: np.asarray(value).tolist() for name, value in vars(event).items()
    }


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_damaged_file_is_none(tmp_path, content):
    (tmp_path / PICTURES).write_bytes(content)
    assert load_pictures(tmp_path) is None


def test_a_run_may_have_none(tmp_path):
    assert load_pictures(tmp_path) is None

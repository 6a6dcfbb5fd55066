"""Busy surfaces of unequal size with one small defect or none, and the masks that say where."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.samples import LOCAL_CLASSES, LOCAL_SHARES, draw_local, local_counts, write_local_samples
from models.errors import KnownError
from models.events import Progress

DEFECTS = [name for name in LOCAL_CLASSES if name != "good"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.png")}


@pytest.mark.parametrize("name", LOCAL_CLASSES)
def test_same_arguments_draw_the_same_pixels(name: str) -> None:
    first, again = (draw_local(seed=3, index=5, class_name=name) for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))


@pytest.mark.parametrize("other", [{"index": 1}, {"seed": 1}, {"class_name": "pore"}])
def test_another_index_seed_or_class_draws_another_surface(other: dict) -> None:
    arguments = {"seed": 0, "index": 0, "class_name": "good"}
    assert not np.array_equal(draw_local(**arguments)[0], draw_local(**arguments | other)[0])


def test_sides_lie_within_bounds_and_differ() -> None:
    images = [draw_local(seed=0, index=index, class_name="good")[0] for index in range(12)]
    assert all(image.dtype == np.uint8 and 200 <= min(image.shape) <= max(image.shape) <= 600 for image in images)
    assert len({image.shape for image in images}) == 12
    assert {image.shape[0] > image.shape[1] for image in images} == {True, False}


def test_surfaces_differ_more_than_defects_change_them() -> None:
    means = [draw_local(seed=0, index=index, class_name="good")[0].mean() for index in range(12)]
    image, clean = (draw_local(seed=0, index=0, class_name="pore", with_defect=with_it)[0] for with_it in (True, False))
    assert np.std(means) > 20 > 10 * abs(float(image.mean()) - float(clean.mean()))


def test_good_pictures_have_an_empty_mask() -> None:
    image, mask = draw_local(seed=0, index=0, class_name="good")
    assert (mask.shape, mask.dtype, mask.any()) == (image.shape, bool, False)


@pytest.mark.parametrize("name", DEFECTS)
def test_mask_covers_what_the_defect_changes(name: str) -> None:
    for index in range(6):
        image, mask = draw_local(seed=0, index=index, class_name=name)
        clean, nothing = draw_local(seed=0, index=index, class_name=name, with_defect=False)
        change = np.abs(image.astype(float) - clean)
        assert change[mask].max() >= 12
        assert change[~mask].max() <= 0.3 * change[mask].max()
        assert not nothing.any()


@pytest.mark.parametrize("name", DEFECTS)
def test_defects_are_a_small_share_of_the_picture(name: str) -> None:
    shares = [draw_local(seed=0, index=index, class_name=name)[1].mean() for index in range(8)]
    assert 0.0005 < min(shares) <= max(shares) < 0.02


def test_a_break_lies_at_an_edge() -> None:
    for index in range(8):
        mask = draw_local(seed=0, index=index, class_name="edge_break")[1]
        assert any(side.any() for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))


def test_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="'rust'"):
        draw_local(seed=0, index=0, class_name="rust")


def test_shares_of_a_thousand() -> None:
    assert sum(LOCAL_SHARES.values()) == pytest.approx(1)
    assert list(local_counts(1000).values()) == [700, 100, 80, 60, 40, 20]


@pytest.mark.parametrize("images", [20, 33, 101])
def test_counts_add_up_and_leave_none_rarer_than_three(images: int) -> None:
    counts = local_counts(images)
    assert sum(counts.values()) == images
    assert min(counts.values()) >= 3


def test_folder_holds_pictures_and_the_mask_folder_their_masks(tmp_path: Path) -> None:
    events = list(write_local_samples(tmp_path / "s", images=20, seed=4, mask_folder=tmp_path / "m"))
    assert events[-1] == Progress("samples", 20, 20)
    pictures, masks = contents(tmp_path / "s"), contents(tmp_path / "m")
    assert pictures.keys() == masks.keys()
    assert len(pictures) == 20
    written = cv2.imread(str(tmp_path / "m" / "crack" / "crack_0002.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(written, 255 * draw_local(seed=4, index=1, class_name="crack")[1])


def test_pictures_do_not_depend_on_how_many_are_written(tmp_path: Path) -> None:
    for images in (20, 24):
        list(write_local_samples(tmp_path / str(images), images=images))
    assert contents(tmp_path / "20").items() <= contents(tmp_path / "24").items()


def test_stopped_run_leaves_every_class_in_its_share(tmp_path: Path) -> None:
    events = write_local_samples(tmp_path, images=30)
    for _ in range(15):
        next(events)
    events.close()
    assert {len(list((tmp_path / name).iterdir())) for name in DEFECTS} == {1, 2}


@pytest.mark.parametrize(("numbers", "message"), [({"images": 19}, "from 20 to"), ({"seed": -1}, "seed is -1")])
def test_numbers_out_of_range_are_refused(tmp_path: Path, numbers: dict[str, int], message: str) -> None:
    with pytest.raises(KnownError, match=message):
        list(write_local_samples(tmp_path / "s", **numbers))
    assert not (tmp_path / "s").exists()


def test_a_mask_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(KnownError, match="m is not empty"):
        list(write_local_samples(tmp_path / "s", images=20, mask_folder=tmp_path / "m"))
    assert [path.name for path in tmp_path.rglob("*")] == ["m", "mine.txt"]

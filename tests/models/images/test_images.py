"""Folders, files, scaling and the one function that makes pixels of them."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from models.errors import KnownError
from models.images.reading import ImageError, content_hash, prepare, read_bytes, resize, to_uint8, value_range, walk
from models.images.settings import ImageSettings, Scaling

SETTINGS = ImageSettings(channels=1, max_area=6_400, scaling=Scaling(), max_pixels=10**9)


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def walked(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in walk(folder)]


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def test_walks_in_sorted_order_and_lists_image_names_only(tmp_path):
    fill(tmp_path, "b/2.PNG", "b/1.tiff", "a.jpeg", "c.webp", "notes.txt", "B.bmp", ".hidden/x.jpg", "png")
    assert walked(tmp_path) == [".hidden/x.jpg", "B.bmp", "a.jpeg", "b/1.tiff", "b/2.PNG", "c.webp"]


@pytest.mark.usefixtures("links")
def test_follows_no_link_loop(tmp_path):
    fill(tmp_path, "a/1.png", "a/deep/2.png")
    (tmp_path / "a/deep/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "itself").symlink_to("itself")
    assert walked(tmp_path) == ["a/1.png", "a/deep/2.png"]


@pytest.mark.usefixtures("links")
def test_linked_folder_is_listed_once(tmp_path):
    fill(tmp_path, "outside/1.png", "root/2024/2.png")
    (tmp_path / "root/current").symlink_to(tmp_path / "root/2024", target_is_directory=True)
    (tmp_path / "root/shelf").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "root/shelf2").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert walked(tmp_path / "root") == ["2024/2.png", "shelf/1.png"]


def test_sub_folder_that_cannot_be_listed_is_reported(tmp_path, monkeypatch):
    fill(tmp_path, "a.png", "locked/b.png", "z.png")
    scandir = os.scandir

    def deny(path: Path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", deny)
    assert walked(tmp_path) == ["a.png", "locked", "z.png"]


@pytest.mark.parametrize(("name", "reason"), [("missing", "no such folder"), ("file.png", "is a file, not a folder")])
def test_root_that_is_no_folder_is_a_known_error(tmp_path, name, reason):
    fill(tmp_path, "file.png")
    with pytest.raises(KnownError, match=reason) as caught:
        list(walk(tmp_path / name))
    assert str(tmp_path / name) in str(caught.value)


def test_folder_named_like_an_image_is_listed_and_refused(tmp_path):
    (tmp_path / "x.png").mkdir()
    assert walked(tmp_path) == ["x.png"]
    with pytest.raises(ImageError, match="is a folder"):
        read_bytes(tmp_path / "x.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipe_named_like_an_image_is_listed_and_never_opened(tmp_path):
    os.mkfifo(tmp_path / "x.png")
    assert walked(tmp_path) == ["x.png"]
    with pytest.raises(ImageError, match="is no regular file"):
        read_bytes(tmp_path / "x.png")


def test_reads_names_of_any_script(tmp_path):
    fill(tmp_path, "Blech Nr. 7, größe – 表面.png")
    assert [read_bytes(path) for path in walk(tmp_path)] == [b"x"]


@pytest.mark.usefixtures("links")
def test_reads_links_to_files(tmp_path):
    fill(tmp_path, "x.png")
    (tmp_path / "link.png").symlink_to("x.png")
    assert [read_bytes(path) for path in walk(tmp_path)] == [b"x", b"x"]


@pytest.mark.usefixtures("links")
def test_dead_link_is_gone(tmp_path):
    (tmp_path / "x.png").symlink_to("nowhere.png")
    with pytest.raises(ImageError, match="is gone"):
        read_bytes(next(walk(tmp_path)))


def test_refuses_a_file_too_large_to_read_whole(tmp_path):
    with (tmp_path / "x.tif").open("wb") as file:
        file.truncate(5 * 2**30)  # sparse: takes no room
    with pytest.raises(ImageError, match="over the limit of 4 GB"):
        read_bytes(tmp_path / "x.tif")


def test_content_hash_is_sha256():
    assert content_hash(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_scales_all_images_by_the_same_range():
    scaling = Scaling(uint16=(1000.0, 3000.0), float32=(-1.0, 1.0))
    assert to_uint8(np.array([[0, 1000, 2000, 3000, 65535]], np.uint16), scaling).tolist() == [[0, 0, 128, 255, 255]]
    assert to_uint8(np.array([[-9, -1, 1, 9]], np.float32), scaling).tolist() == [[0, 0, 255, 255]]


@pytest.mark.parametrize("shape", [(3, 7), (3, 7, 3)])
def test_an_image_scaled_in_blocks_has_the_values_of_one_scaled_whole(monkeypatch, shape):
    pixels = np.random.default_rng(0).integers(0, 65536, shape).astype(np.uint16)
    whole = to_uint8(pixels, Scaling(uint16=(7.0, 40_000.0)))
    monkeypatch.setattr("models.images.reading._SCALED_AT_ONCE", 5)
    assert np.array_equal(to_uint8(pixels, Scaling(uint16=(7.0, 40_000.0))), whole)


def test_scaling_takes_little_more_memory_than_its_result():
    pixels = np.zeros((4_000, 4_000), np.uint16)
    tracemalloc.start()
    to_uint8(pixels, Scaling(uint16=(0.0, 1.0)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * pixels.size


def test_8_bit_pixels_need_no_range():
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert to_uint8(pixels, Scaling()) is pixels


def test_missing_range_is_an_error():
    with pytest.raises(ValueError, match="uint16"):
        to_uint8(np.zeros((2, 2), np.uint16), Scaling())
    with pytest.raises(ImageError, match="uint16 pixels"):
        prepare(png(np.zeros((8, 8), np.uint16)), SETTINGS)


@pytest.mark.parametrize("scaling", [Scaling(), Scaling(uint16=(3.0, 4095.0)), Scaling((0.0, 1.0), (-0.5, 0.5))])
def test_scaling_survives_json(scaling):
    assert Scaling.from_json(scaling.to_json()) == scaling


def test_value_range_ignores_single_dead_pixels():
    pixels = np.random.default_rng(0).integers(500, 3501, (400, 600)).astype(np.uint16)
    pixels[0, :5] = 65535
    low, high = value_range(pixels)
    assert (low, high) == (pytest.approx(503, abs=6), pytest.approx(3497, abs=6))


def test_flat_deep_image_does_not_divide_by_zero():
    flat = np.full((4, 4), 700, np.uint16)
    assert to_uint8(flat, Scaling(uint16=value_range(flat))).max() == 0


def test_shrinking_averages_fine_texture():
    checkered = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    small = resize(checkered, height=8, width=16)
    assert small.shape == (8, 16)
    assert set(np.unique(small)) <= {127, 128}
    assert resize(checkered, height=64, width=64) is checkered


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("colour", [False, True])
def test_prepare_gives_the_projects_channels(channels, colour):
    pixels = np.full((40, 60, 3) if colour else (40, 60), 90, np.uint8)
    if colour:
        pixels[..., 2] = 200  # red, in OpenCV's order
    prepared = prepare(png(pixels), replace(SETTINGS, channels=channels))
    assert (prepared.shape, prepared.dtype, prepared.flags.c_contiguous) == ((channels, 40, 60), np.uint8, True)
    expected = {(1, False): [90], (1, True): [123], (3, False): [90] * 3, (3, True): [200, 90, 90]}
    assert prepared[:, 0, 0].tolist() == expected[channels, colour]


def test_prepare_takes_a_scan_longer_than_opencvs_short_integers():
    strip = np.full((10, 40000), 50, np.uint8)
    assert np.array_equal(prepare(png(strip), SETTINGS), np.full((1, 32, 200), 50))


def test_a_large_image_is_scaled_down_to_the_limit():
    assert prepare(png(np.full((100, 400), 50, np.uint8)), SETTINGS).shape == (1, 40, 160)


@pytest.mark.parametrize(("shape", "kept"), [((5, 5), (32, 32)), ((1, 70), (32, 70)), ((70, 1), (70, 32))])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_narrow_image_is_continued_by_mirroring(shape, kept, channels):
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    prepared = prepare(png(pixels), replace(SETTINGS, channels=channels))
    assert prepared.shape == (channels, *kept)
    margin = [(0, side - own) for side, own in zip(kept, shape, strict=True)]
    assert np.array_equal(prepared[-1], np.pad(pixels, margin, "reflect"))


def test_a_line_of_any_length_is_bounded():
    assert prepare(png(np.full((1, 20_000), 50, np.uint8)), SETTINGS).shape == (1, 32, 200)


def test_prepared_pixels_are_writable(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "x.bmp")
    assert prepare((tmp_path / "x.bmp").read_bytes(), SETTINGS).flags.writeable


def test_12_bit_camera_in_16_bit_file_is_not_black(tmp_path):
    ramp = np.linspace(0, 4095, 64).astype(np.uint16).reshape(8, 8)
    Image.fromarray(ramp).save(tmp_path / "x.tif")
    prepared = prepare((tmp_path / "x.tif").read_bytes(), replace(SETTINGS, scaling=Scaling(uint16=(0.0, 4095.0))))
    assert (prepared.min(), prepared.max()) == (0, 255)

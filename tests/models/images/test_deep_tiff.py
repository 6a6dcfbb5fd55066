"""Deep TIFF files of several samples a pixel, in every arrangement that a camera or an array library writes."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from models.images.reading import ImageError, decode

MIN_IS_BLACK, RGB, CMYK = 1, 2, 5
CHUNKY, PLANAR = 1, 2
DEFLATE = 8


def noise(samples: int, depth: type = np.uint16, *, height: int = 24) -> np.ndarray:
    values = np.random.default_rng(samples).integers(0, 65536, (height, 20, samples))
    return values.astype(depth)


def tiff(
    pixels: np.ndarray,
    *,
    photometric: int,
    planar: int = CHUNKY,
    rows: int = 24,
    deflate: bool = False,
    predictor: int = 1,
    orientation: int = 1,
    order: str = "<",
    is_big: bool = False,
) -> bytes:
    """A TIFF of pixels (H, W, samples) in strips of `rows` rows; the directory comes first, the pixels last."""
    height, width, samples = pixels.shape
    pixels = pixels.astype(pixels.dtype.newbyteorder(order))
    planes = [pixels] if planar == CHUNKY else [pixels[..., i : i + 1] for i in range(samples)]
    if predictor == 2:
        bits = [plane.view(f"{order}u{plane.itemsize}") for plane in planes]
        planes = [np.diff(plane, axis=1, prepend=plane[:, :1] * 0) for plane in bits]
    strips = [plane[row : row + rows].tobytes() for plane in planes for row in range(0, height, rows)]
    strips = [zlib.compress(strip) for strip in strips] if deflate else strips
    tags = {256: [width], 257: [height], 258: [8 * pixels.itemsize] * samples, 259: [DEFLATE if deflate else 1]}
    tags |= {262: [photometric], 274: [orientation], 277: [samples], 278: [rows], 284: [planar], 317: [predictor]}
    tags |= {273: [0] * len(strips), 279: [len(strip) for strip in strips]}
    tags |= {339: [3 if pixels.dtype.kind == "f" else 1] * samples}
    extra = samples - (1 if photometric == MIN_IS_BLACK else 3)
    tags |= {338: [0] * extra} if extra and photometric != CMYK else {}
    pixels_at = len(_directory(tags, order, is_big))
    ends = np.cumsum([len(strip) for strip in strips])
    tags[273] = [int(pixels_at + end - len(strip)) for end, strip in zip(ends, strips, strict=True)]
    return _directory(tags, order, is_big) + b"".join(strips)


def _directory(tags: dict[int, list[int]], order: str, is_big: bool) -> bytes:
    count, number, kind = ("Q", "Q", 16) if is_big else ("H", "I", 4)
    header = struct.pack(f"{order}2sHHHQ" if is_big else f"{order}2sHI", *_header(order, is_big))
    size = struct.calcsize(number)
    apart_at = len(header) + struct.calcsize("=" + count) + len(tags) * (4 + 2 * size) + size
    entries, apart = struct.pack(order + count, len(tags)), b""
    for tag, values in sorted(tags.items()):
        value = struct.pack(f"{order}{len(values)}{number}", *values)
        if len(value) > size:
            value, apart = struct.pack(order + number, apart_at + len(apart)), apart + value
        entries += struct.pack(f"{order}HH{number}", tag, kind, len(values)) + value
    return header + entries + bytes(size) + apart


def _header(order: str, is_big: bool) -> tuple:
    mark = b"II" if order == "<" else b"MM"
    return (mark, 43, 8, 0, 16) if is_big else (mark, 42, 8)


def assert_equal(data: bytes, expected: np.ndarray) -> None:
    pixels = decode(data).pixels
    assert (pixels.shape, pixels.dtype) == (expected.shape, expected.dtype)
    assert np.array_equal(pixels, expected)


@pytest.mark.parametrize("depth", [np.uint16, np.float32])
@pytest.mark.parametrize("rows", [24, 7])
@pytest.mark.parametrize("photometric", [RGB, MIN_IS_BLACK])
def test_separate_colour_planes(depth, rows, photometric):
    pixels = noise(3, depth)
    assert_equal(tiff(pixels, photometric=photometric, planar=PLANAR, rows=rows), pixels)


@pytest.mark.parametrize(("order", "is_big"), [("<", False), (">", False), ("<", True)])  # all that Pillow reads
def test_separate_planes_of_either_byte_order_and_size_of_file(order, is_big):
    pixels = noise(3)
    assert_equal(tiff(pixels, photometric=RGB, planar=PLANAR, order=order, is_big=is_big), pixels)


@pytest.mark.parametrize("predictor", [1, 2])
@pytest.mark.parametrize("samples", [2, 3, 4])
@pytest.mark.parametrize("planar", [CHUNKY, PLANAR])
@pytest.mark.parametrize("depth", [np.uint16, np.float32])
def test_compressed_samples(predictor, samples, planar, depth):
    pixels = noise(samples, depth)
    data = tiff(pixels, photometric=MIN_IS_BLACK, planar=planar, rows=7, deflate=True, predictor=predictor)
    assert_equal(data, pixels[..., 0] if samples == 2 else pixels[..., :3])


@pytest.mark.parametrize("depth", [np.uint16, np.float32])
@pytest.mark.parametrize("planar", [CHUNKY, PLANAR])
def test_grey_beside_transparency_keeps_all_bits(depth, planar):
    pixels = noise(2, depth)
    assert_equal(tiff(pixels, photometric=MIN_IS_BLACK, planar=planar), pixels[..., 0])


@pytest.mark.parametrize("samples", [3, 4])
@pytest.mark.parametrize("photometric", [RGB, MIN_IS_BLACK])
@pytest.mark.parametrize("planar", [CHUNKY, PLANAR])
def test_three_or_four_samples_are_colour_whatever_they_are_called(samples, photometric, planar):
    pixels = noise(samples)
    assert_equal(tiff(pixels, photometric=photometric, planar=planar), pixels[..., :3])


@pytest.mark.parametrize(("samples", "photometric"), [(3, RGB), (3, MIN_IS_BLACK), (2, MIN_IS_BLACK)])
@pytest.mark.parametrize("planar", [CHUNKY, PLANAR])
def test_orientation(samples, photometric, planar):
    pixels = noise(samples)
    expected = pixels if samples == 3 else pixels[..., 0]
    data = tiff(pixels, photometric=photometric, planar=planar, orientation=6)
    assert_equal(data, np.rot90(expected, -1))


@pytest.mark.parametrize("planar", [CHUNKY, PLANAR])
@pytest.mark.parametrize("samples", [2, 3])
@pytest.mark.parametrize("missing", [1, 100, 1000])
def test_truncated_file_is_refused(planar, samples, missing):
    data = tiff(noise(samples), photometric=MIN_IS_BLACK, planar=planar, rows=7)
    with pytest.raises(ImageError, match="is truncated"):
        decode(data[:-missing])


@pytest.mark.parametrize(("samples", "photometric"), [(5, MIN_IS_BLACK), (4, CMYK), (3, 8)])
@pytest.mark.parametrize("planar", [CHUNKY, PLANAR])
def test_other_colours_are_refused(samples, photometric, planar):
    with pytest.raises(ImageError, match="can't be read at more than 8 bits a channel"):
        decode(tiff(noise(samples), photometric=photometric, planar=planar))

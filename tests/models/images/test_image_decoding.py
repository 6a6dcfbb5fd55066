"""A zoo of image files: every format, depth and mode, and what is wrong with the others."""

from __future__ import annotations

import io
import struct
import time
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from models.images.reading import ImageError, decode

Transpose = Image.Transpose
STORED_AS = {  # EXIF orientation -> how the camera laid the upright image down
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}
LOSSLESS = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True, "exact": True}}
FORMATS = ["JPEG", "PNG", "BMP", "TIFF", "WEBP"]


def smooth(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (30, 20)).astype(np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)


GREY = smooth(0)
COLOUR = np.dstack([GREY, smooth(1), smooth(2)])


def encoded(image: Image.Image | np.ndarray, file_format: str, **options) -> bytes:
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    buffer = io.BytesIO()
    image.save(buffer, file_format, **LOSSLESS.get(file_format, {}) | options)
    return buffer.getvalue()


def opencv(pixels: np.ndarray, suffix: str) -> bytes:
    """By OpenCV, which alone writes deep colour; `pixels` in RGB order."""
    return cv2.imencode(suffix, np.ascontiguousarray(pixels[..., ::-1] if pixels.ndim == 3 else pixels))[1].tobytes()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def deep_tiff(pixels: np.ndarray, orientation: int) -> bytes:
    """Uncompressed 16-bit RGB TIFF with an orientation, which no library writes; the pixels come last."""
    height, width, samples = pixels.shape
    bits_at = 8 + 2 + 10 * 12 + 4
    pixels_at = bits_at + 2 * samples
    short, long = 3, 4
    entries = [
        *[(256, short, 1, width), (257, short, 1, height), (258, short, samples, bits_at), (259, short, 1, 1)],
        *[(262, short, 1, 2), (273, long, 1, pixels_at), (274, short, 1, orientation), (277, short, 1, samples)],
        *[(278, short, 1, height), (279, long, 1, pixels.nbytes)],
    ]
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    header = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + directory + bytes(4)
    return header + struct.pack(f"<{samples}H", *[16] * samples) + pixels.astype("<u2").tobytes()


def assert_decodes(data: bytes, expected: np.ndarray, *, within: float = 0) -> None:
    pixels = decode(data).pixels
    assert (pixels.shape, pixels.dtype) == (expected.shape, expected.dtype)
    assert np.abs(pixels.astype(float) - expected).max() <= within


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("expected", [GREY, COLOUR], ids=["grey", "colour"])
def test_8_bit_of_every_format(file_format, expected):
    assert_decodes(encoded(expected, file_format), expected, within=4 if file_format == "JPEG" else 0)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", STORED_AS)
def test_every_orientation_comes_out_upright(file_format, orientation):
    image, stored_as = Image.fromarray(COLOUR), STORED_AS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(image if stored_as is None else image.transpose(stored_as), file_format, exif=exif)
    assert_decodes(data, COLOUR, within=4 if file_format == "JPEG" else 0)


@pytest.mark.parametrize("side", [20, 30], ids=["square", "oblong"])
@pytest.mark.parametrize("orientation", STORED_AS)
def test_every_orientation_of_deep_colour(orientation, side):
    upright, stored_as = COLOUR[:side], STORED_AS[orientation]
    stored = upright if stored_as is None else np.asarray(Image.fromarray(upright).transpose(stored_as))
    assert_decodes(deep_tiff(stored.astype(np.uint16) * 257, orientation), upright.astype(np.uint16) * 257)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_16_bit_keeps_all_bits(suffix, pixels):
    deep = pixels.astype(np.uint16) * 16 + 5
    assert_decodes(opencv(deep, suffix), deep)
    assert decode(opencv(deep, suffix)).depth == "uint16"


def test_16_bit_of_the_other_byte_order():
    deep = GREY.astype(np.uint16) * 16 + 5
    assert_decodes(encoded(deep.astype(">u2"), "TIFF"), deep)


@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("bits", [np.float32, np.float64])
def test_float_tiff(pixels, bits):
    assert_decodes(opencv(pixels.astype(bits) / 256, ".tiff"), pixels.astype(np.float32) / 256)


def test_whole_numbers_of_32_bit_become_float():
    assert_decodes(encoded(GREY.astype(np.int32) - 50, "TIFF"), GREY.astype(np.float32) - 50)


def test_nan_and_infinities_become_the_finite_extremes():
    values = GREY.astype(np.float32)
    values[0, :3] = [np.nan, -np.inf, np.inf]
    assert decode(encoded(values, "TIFF")).pixels[0, :3].tolist() == [0.0, 0.0, 255.0]


def test_image_of_nan_alone_is_refused():
    with pytest.raises(ImageError, match="no finite value"):
        decode(encoded(np.full((4, 4), np.nan, np.float32), "TIFF"))


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_1_bit_is_black_and_white(file_format):
    assert_decodes(encoded(GREY > 128, file_format), np.where(GREY > 128, 255, 0).astype(np.uint8))


@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF"])
def test_palette_gives_its_colours(file_format):
    image = Image.fromarray(COLOUR).quantize(32)
    assert_decodes(encoded(image, file_format), np.asarray(image.convert("RGB")))


def test_palette_with_transparency_gives_its_colours():
    image = Image.fromarray(COLOUR).quantize(32)
    assert_decodes(encoded(image, "PNG", transparency=bytes([0, 128])), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_ignored(file_format):
    assert_decodes(encoded(np.dstack([COLOUR, GREY]), file_format), COLOUR)


def test_alpha_of_grey_is_ignored():
    image = Image.fromarray(GREY).convert("LA")
    image.putalpha(7)
    assert_decodes(encoded(image, "PNG"), GREY)
    assert_decodes(encoded(GREY, "PNG", transparency=255), GREY)


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(file_format):
    assert_decodes(encoded(Image.fromarray(COLOUR).convert("CMYK"), file_format), COLOUR, within=4)


@pytest.mark.parametrize("file_format", FORMATS)
def test_colour_file_of_a_grey_image_is_grey(file_format):
    data = encoded(Image.fromarray(GREY).convert("RGB"), file_format)
    assert_decodes(data, GREY, within=4 if file_format == "JPEG" else 0)


def test_few_grey_levels_between_channels_are_grey_and_more_are_colour():
    assert decode(encoded(np.dstack([GREY // 2, GREY // 2 + 4, GREY // 2]), "PNG")).pixels.ndim == 2
    assert decode(encoded(np.dstack([GREY // 2, GREY // 2 + 9, GREY // 2]), "PNG")).pixels.ndim == 3


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_deep_colour_is_colour_however_few_of_its_bits_are_used(bits):
    deep = np.dstack([GREY, GREY // 2, GREY // 3]).astype(np.uint16) << (bits - 8)
    assert_decodes(opencv(deep, ".png"), deep)


@pytest.mark.parametrize("depth", [np.uint16, np.float32])
def test_deep_colour_file_of_a_grey_image_is_grey_and_keeps_its_values(depth):
    deep = GREY.astype(depth) * 16 + 5
    assert_decodes(opencv(np.dstack([deep] * 3), ".tiff"), deep)
    deep_colour = np.dstack([deep, deep + 1, deep])
    assert_decodes(opencv(deep_colour, ".tiff"), deep_colour)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_deflate", "packbits"])
def test_compressed_tiff(compression):
    assert_decodes(encoded(COLOUR, "TIFF", compression=compression), COLOUR)


def test_first_page_of_several():
    pages = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    assert_decodes(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]), GREY)


@pytest.mark.parametrize("part", [0.99, 0.6, 0.2, 0.02])
@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_truncated_file_is_refused(pixels, file_format, part):
    data = encoded(pixels, file_format)
    with pytest.raises(ImageError, match=r"truncated|known format"):
        decode(data[: int(len(data) * part)])


def test_truncated_jpeg_with_zeros_in_place_of_the_rest_is_refused():
    data = encoded(GREY, "JPEG")
    with pytest.raises(ImageError, match="is truncated"):
        decode(data[:-40] + bytes(40))


def test_truncated_jpeg_with_a_whole_thumbnail_is_refused():
    data = encoded(GREY, "JPEG", comment=encoded(GREY[:8, :8], "JPEG"))
    with pytest.raises(ImageError, match="is truncated"):
        decode(data[:-40])


def test_truncated_deep_tiff_is_refused():
    data = deep_tiff(COLOUR.astype(np.uint16), 1)
    with pytest.raises(ImageError, match="is damaged"):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize("file_format", FORMATS)
def test_bytes_after_the_end_do_not_matter(file_format):
    assert decode(encoded(GREY, file_format) + bytes(50)).pixels.shape == GREY.shape


def test_png_with_a_wrong_checksum_is_refused():
    data = bytearray(encoded(GREY, "PNG"))
    data[len(data) // 2] ^= 1
    with pytest.raises(ImageError, match="checksum"):
        decode(bytes(data))


@pytest.mark.parametrize("data", [b"", b"just text", b"RIFF\x00\x00\x00\x00WAVE", b"GIF89a"])
def test_no_image_is_refused(data):
    with pytest.raises(ImageError, match=r"is empty|no image of a known format"):
        decode(data)


@pytest.mark.parametrize("magic", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\x00", b"RIFF\0\0\0\0WEBPVP8 "])
def test_nothing_but_a_magic_number_is_refused(magic):
    with pytest.raises(ImageError, match="truncated"):
        decode(magic)


def test_bomb_is_refused_from_its_header():
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(10**6)))
    start = time.perf_counter()
    with pytest.raises(ImageError, match="60000 x 60000 pixels are over the limit of 200 megapixels"):
        decode(bomb + png_chunk(b"IEND", b""))
    assert time.perf_counter() - start < 0.05


@pytest.mark.parametrize("file_format", ["BMP", "TIFF", "JPEG", "PNG", "WEBP"])
def test_pixel_limit_holds_for_every_format(file_format):
    data = encoded(GREY, file_format)
    with pytest.raises(ImageError, match="20 x 30 pixels are over the limit"):
        decode(data, max_pixels=599)
    assert decode(data, max_pixels=600).pixels.size == 600


@pytest.mark.parametrize("file_format", ["TIFF", "PNG"])
def test_large_line_scan_is_accepted(file_format):
    strip = Image.new("L", (2000, 30000), 77)
    pixels = decode(encoded(strip, file_format, compress_level=1)).pixels
    assert (pixels.shape, pixels[0, 0], pixels[-1, -1]) == ((30000, 2000), 77, 77)


def test_image_over_pillows_own_limit_is_accepted(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert decode(encoded(GREY, "TIFF")).pixels.shape == GREY.shape

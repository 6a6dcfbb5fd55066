"""TIFF files with several samples a pixel of more than 8 bits, in the forms that OpenCV misreads without an error.

Those are written anew, in memory, as files that it reads right: the pixels stay as they are, under another directory.
Knows nothing of other formats.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum

import numpy as np
from PIL.ExifTags import Base as TiffTag
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from models.errors import ImageError

Tags = dict[int, tuple[int, ...]]


class _Tag(IntEnum):
    """Those that PIL.ExifTags lacks."""

    TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_BYTE_COUNTS = 322, 323, 324, 325
    EXTRA_SAMPLES, SAMPLE_FORMAT = 338, 339


_MIN_IS_BLACK, _RGB, _LOG_LUV = 1, 2, 32_845  # photometric interpretations
_SEPARATE_PLANES = 2  # a planar configuration
_OFFSETS = (TiffTag.StripOffsets, _Tag.TILE_OFFSETS)
_BYTE_COUNTS = (TiffTag.StripByteCounts, _Tag.TILE_BYTE_COUNTS)
_WIDTHS = (TiffTag.ImageWidth, _Tag.TILE_WIDTH)
_DECODED_BY = (  # all that says how the pixels are stored
    *(*_WIDTHS, TiffTag.ImageLength, _Tag.TILE_LENGTH, TiffTag.RowsPerStrip, *_OFFSETS, *_BYTE_COUNTS),
    *(TiffTag.BitsPerSample, _Tag.SAMPLE_FORMAT, TiffTag.SamplesPerPixel, TiffTag.PlanarConfiguration),
    *(TiffTag.Compression, TiffTag.Predictor, TiffTag.FillOrder, TiffTag.PhotometricInterpretation, _Tag.EXTRA_SAMPLES),
)


def read_directory(data: bytes) -> ImageFileDirectory_v2:
    """The tags of a TIFF's first image."""
    stream = io.BytesIO(data)
    directory = ImageFileDirectory_v2(stream.read(16 if _is_big(data) else 8))
    stream.seek(directory.next)
    directory.load(stream)
    return directory


def decode_deep_tiff(
    data: bytes, directory: ImageFileDirectory_v2, decode: Callable[[bytes], np.ndarray]
) -> np.ndarray:
    """The pixels (H, W) or (H, W, 3) of the first image, as they are stored, not turned.

    Args:
        decode: OpenCV's way from a file's bytes to pixels.

    Raises:
        ImageError: the file is truncated, or of a kind that is not read.
    """
    samples = directory.get(TiffTag.SamplesPerPixel, 1)
    colours = directory.get(TiffTag.PhotometricInterpretation, _MIN_IS_BLACK)
    is_planar = directory.get(TiffTag.PlanarConfiguration, 1) == _SEPARATE_PLANES
    if samples == 1 or (colours in (_RGB, _LOG_LUV) and not is_planar):
        # OpenCV turns some deep images and not others
        is_upright = directory.get(TiffTag.Orientation, 1) == 1
        return decode(data if is_upright else _with_tags(data, _tags(data, directory)))
    if not (colours == _MIN_IS_BLACK and samples <= 4) and not (colours == _RGB and samples >= 3):
        raise ImageError("has colours of a kind that can't be read at more than 8 bits a channel")
    tags = _tags(data, directory)
    if is_planar:
        planes = [decode(_with_tags(data, _plane(tags, plane, samples))) for plane in range(3 if samples > 2 else 1)]
        return np.dstack(planes) if len(planes) > 1 else planes[0]
    if samples == 2:
        return _first_of_two(data, tags, decode)
    # An array (H, W, 3) written without a word on its colours; OpenCV makes a grey image of it.
    extra = {_Tag.EXTRA_SAMPLES: (0,)} if samples == 4 else {}
    tags.pop(_Tag.EXTRA_SAMPLES, None)
    return decode(_with_tags(data, tags | {TiffTag.PhotometricInterpretation: (_RGB,)} | extra))


def _is_big(data: bytes) -> bool:
    return b"+" in data[2:4]


def _tags(data: bytes, directory: ImageFileDirectory_v2) -> Tags:
    """What the pixels are decoded by, after a check that they are all there."""
    values = {tag: directory[tag] for tag in _DECODED_BY if tag in directory}
    tags = {int(tag): value if isinstance(value, tuple) else (value,) for tag, value in values.items()}
    if len(set(tags[TiffTag.BitsPerSample])) > 1:
        raise ImageError("has channels of different depths")
    ends = map(sum, zip(_any_of(tags, _OFFSETS), _any_of(tags, _BYTE_COUNTS), strict=True))
    if max(ends) > len(data):  # else the directory that is added would be taken for pixels
        raise ImageError("is truncated")
    return tags


def _any_of(tags: Tags, names: Iterable[int]) -> tuple[int, ...]:
    return next(tags[name] for name in names if name in tags)


def _of_one_sample(tags: Tags) -> Tags:
    """The tags of a grey image; OpenCV would take extra samples for transparency."""
    ones = {TiffTag.SamplesPerPixel: 1, TiffTag.PlanarConfiguration: 1, TiffTag.PhotometricInterpretation: 1}
    firsts = {tag: tags[tag][:1] for tag in (TiffTag.BitsPerSample, _Tag.SAMPLE_FORMAT) if tag in tags}
    kept = {tag: values for tag, values in tags.items() if tag != _Tag.EXTRA_SAMPLES}
    return kept | firsts | {tag: (value,) for tag, value in ones.items()}


def _plane(tags: Tags, plane: int, samples: int) -> Tags:
    """One of the colour planes as an image of its own: their strips or tiles follow each other."""
    each = len(_any_of(tags, _OFFSETS)) // samples
    own = slice(plane * each, (plane + 1) * each)
    return _of_one_sample(tags) | {tag: tags[tag][own] for tag in (*_OFFSETS, *_BYTE_COUNTS) if tag in tags}


def _first_of_two(data: bytes, tags: Tags, decode: Callable[[bytes], np.ndarray]) -> np.ndarray:
    """The grey of grey and alpha, which OpenCV cuts to 8 bits; read as one grey image of twice the width."""
    predictor = tags.get(TiffTag.Predictor, (1,))[0]
    if predictor > 2 or (predictor == 2 and _Tag.TILE_WIDTH in tags):
        raise ImageError("has transparency, stored in a way that can't be read at more than 8 bits a channel")
    twice = {tag: (2 * tags[tag][0],) for tag in _WIDTHS if tag in tags}
    pixels = decode(_with_tags(data, _of_one_sample(tags) | twice | {TiffTag.Predictor: (1,)}))[:, ::2]
    # Predictor 2 stores differences to the pixel before, modulo the type's range; of a float those of its bits.
    bits = pixels.view(f"u{pixels.itemsize}")
    return np.cumsum(bits, axis=1, dtype=bits.dtype).view(pixels.dtype) if predictor == 2 else pixels


def _with_tags(data: bytes, tags: Mapping[int, tuple[int, ...]]) -> bytes:
    """The file with these tags for its only directory, which comes last; numbers are as long as the file has them."""
    order = ">" if data[:1] == b"M" else "<"
    counted, number, kind, header = ("Q", "Q", 16, 8) if _is_big(data) else ("H", "I", 4, 4)
    size = struct.calcsize(order + number)
    start = -(-len(data) // 8) * 8
    values_at = start + struct.calcsize(f"{order}{counted}") + len(tags) * (4 + 2 * size) + size
    entries, apart = struct.pack(order + counted, len(tags)), b""
    for tag in sorted(tags):
        value = struct.pack(f"{order}{len(tags[tag])}{number}", *tags[tag])
        if len(value) > size:
            value, apart = struct.pack(order + number, values_at + len(apart)), apart + value
        entries += struct.pack(f"{order}HH{number}", tag, kind, len(tags[tag])) + value
    pointer = struct.pack(order + number, start)
    pixels = memoryview(data)[header + size :]
    return b"".join((data[:header], pointer, pixels, bytes(start - len(data)), entries, bytes(size), apart))

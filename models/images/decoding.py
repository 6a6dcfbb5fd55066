"""The bytes of an image file -> its pixels, or one reason why not.

Content decides, never the file's name. The header is read first (by Pillow, which decodes lazily), so that an image
over the pixel limit costs nothing. The usual 8-bit JPEG and PNG are then decoded by OpenCV, which is fast and lets
other threads run; whatever OpenCV would misread (palettes, CMYK, 1 bit, float) goes through Pillow.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base as TiffTag
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from models.errors import ImageError
from models.images.deep_tiff import decode_deep_tiff, read_directory
from models.system.free_memory import is_out_of_memory, memory_for_one_image

DEFAULT_MAX_PIXELS = 200_000_000
GREY_TOLERANCE = 4  # levels of 255: how far JPEG's rounding drives the channels of a grey image apart

_JPEG_END = b"\xff\xd9"
_FILE_TYPES: tuple[tuple[bytes, type[ImageFile.ImageFile]], ...] = (
    (b"\xff\xd8\xff", JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", PngImageFile),
    (b"BM", BmpImageFile),
    (b"II*\x00", TiffImageFile),
    (b"MM\x00*", TiffImageFile),
    (b"II+\x00", TiffImageFile),  # BigTIFF
    (b"MM\x00+", TiffImageFile),
    (b"RIFF", WebPImageFile),
)

# Both libraries remark on damaged files on stderr; the reason is told once, by ImageError.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


@dataclass(frozen=True)
class Decoded:
    """An image as its file holds it: `pixels` (H, W) if grey, else (H, W, 3) in RGB order."""

    pixels: np.ndarray

    @property
    def depth(self) -> str:
        """'uint8', 'uint16' or 'float32'."""
        return self.pixels.dtype.name


def decode(data: bytes, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> Decoded:
    """Decode the first frame of a JPEG, PNG, BMP, TIFF or WebP file, turned as its EXIF orientation says.

    Transparency is ignored: a pixel counts with the colour stored for it. A colour image with equal channels comes back
    grey. NaN and infinities of a float image become its least and greatest finite value. Integers other than 8 and
    unsigned 16 bit become float32.

    Raises:
        ImageError: the file is empty, truncated, damaged, over `max_pixels`, no image of these formats, or needs more
            memory than is free.
    """
    # Pillow checks again inside some decoders; its limit may only be in the way where it is below ours.
    Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, max_pixels)
    with memory_for_one_image():
        pixels = _finite(_decode_whole(data, max_pixels))
        return Decoded(np.ascontiguousarray(_grey_if_equal(pixels)))


def to_grey(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 3) RGB -> (H, W) by the usual luma weights; grey pixels come back as they are."""
    return pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def _file_type(data: bytes) -> type[ImageFile.ImageFile]:
    if not data:
        raise ImageError("is empty")
    for magic, file_type in _FILE_TYPES:
        if data.startswith(magic) and (magic != b"RIFF" or data[8:12] == b"WEBP"):
            return file_type
    raise ImageError("is no image of a known format (JPEG, PNG, BMP, TIFF, WebP)")


def _decode_whole(data: bytes, max_pixels: int) -> np.ndarray:
    """Pixels in whatever numeric type the file has, upright."""
    file_type = _file_type(data)
    try:
        pixels = _decode_tiff(data, max_pixels) if file_type is TiffImageFile else None
        if pixels is None:
            with file_type(io.BytesIO(data)) as image:
                _check_size(*image.size, max_pixels=max_pixels)
                pixels = _decode_pixels(image, data)
    except ImageError:
        raise
    except Exception as error:  # on damaged data Pillow raises anything from struct.error to KeyError
        if is_out_of_memory(error):
            raise
        detail = f": {error}" if isinstance(error, OSError) else ""
        raise ImageError(f"is damaged or truncated{detail}") from error
    return pixels


def _check_size(width: int, height: int, *, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise ImageError(f"{width} x {height} pixels are over the limit of {max_pixels / 1e6:g} megapixels")


def _decode_pixels(image: ImageFile.ImageFile, data: bytes) -> np.ndarray:
    """The pixels of an opened file; checks what neither library does."""
    if isinstance(image, JpegImageFile):
        # Both libraries may fill the missing part of a truncated JPEG with grey. Pillow's header ends where the scan
        # begins, and an end marker can't occur within a scan.
        if data.find(_JPEG_END, image.fp.tell()) < 0:
            raise ImageError("is truncated")
        pixels = _decode_with_opencv(data) if image.mode in ("L", "RGB") else None
        return _upright(_decode_with_pillow(image) if pixels is None else pixels, _orientation(image))
    if isinstance(image, PngImageFile):
        return _decode_png(image, data)
    pixels = _decode_with_pillow(image)
    # Pillow has turned a TIFF already.
    return pixels if isinstance(image, TiffImageFile) else _upright(pixels, _orientation(image))


def _decode_png(image: PngImageFile, data: bytes) -> np.ndarray:
    chunks = _checked_png_chunks(data)
    bit_depth, colour_type = data[24], data[25]
    if bit_depth == 16:  # Pillow would keep 8 bits of a colour image
        pixels = _decode_deep(data)
    else:
        plain = bit_depth == 8 and colour_type in (0, 2) and b"tRNS" not in chunks
        pixels = _decode_with_opencv(data) if plain else None
        pixels = _decode_with_pillow(image) if pixels is None else pixels
    # Asking for EXIF makes Pillow decode the whole PNG, since the chunk may come last.
    return _upright(pixels, _orientation(image)) if b"eXIf" in chunks else pixels


def _checked_png_chunks(data: bytes) -> set[bytes]:
    """Names of all chunks; Pillow does not compare the checksums of the chunks that hold the pixels."""
    names, position, view = set(), 8, memoryview(data)
    while b"IEND" not in names:
        length, name = struct.unpack_from(">I4s", data, position) if position + 8 <= len(data) else (0, b"")
        end = position + 8 + length
        if end + 4 > len(data):
            raise ImageError("is truncated")
        if zlib.crc32(view[position + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise ImageError("is damaged: a checksum does not fit")
        names.add(name)
        position = end + 4
    return names


def _decode_tiff(data: bytes, max_pixels: int) -> np.ndarray | None:
    """Pixels of a TIFF that Pillow would reduce to 8 bits or does not know: several deep samples a pixel, float64."""
    directory = read_directory(data)
    _check_size(directory[TiffTag.ImageWidth], directory[TiffTag.ImageLength], max_pixels=max_pixels)
    bits = max(directory.get(TiffTag.BitsPerSample, (1,)))
    if bits == 64 or (bits > 8 and directory.get(TiffTag.SamplesPerPixel, 1) > 1):
        pixels = decode_deep_tiff(data, directory, _decode_deep)
        return _upright(pixels, directory.get(TiffTag.Orientation, 1))
    return None


def _decode_deep(data: bytes) -> np.ndarray:
    pixels = _decode_with_opencv(data)
    if pixels is None:
        raise ImageError("is damaged, or of a kind with more than 8 bits a channel that can't be read")
    return pixels


def _decode_with_opencv(data: bytes) -> np.ndarray | None:
    """(H, W) or (H, W, 3) in RGB order, not turned; None if OpenCV can't, for whatever reason."""
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        if is_out_of_memory(error):
            raise
        return None  # over OpenCV's own limit on pixels, which is set by the environment
    if pixels is None or pixels.ndim == 2:
        return pixels
    if pixels.shape[2] < 3:
        return pixels[..., 0]
    if pixels.dtype not in (np.uint8, np.uint16):
        pixels = pixels.astype(np.float32)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGB)


def _decode_with_pillow(image: ImageFile.ImageFile) -> np.ndarray:
    """(H, W) or (H, W, 3), writable, turned only if it is a TIFF."""
    image.load()
    image.info.pop("transparency", None)  # ignored, and a conversion would warn of it
    if image.mode == "1":
        return np.array(image.convert("L"))
    if image.mode == "LA":
        return np.array(image)[..., 0]
    if image.mode in ("L", "RGB", "F", "I") or image.mode.startswith("I;16"):
        return np.array(image)
    return np.array(image.convert("RGB"))


def _orientation(image: ImageFile.ImageFile) -> int:
    """The EXIF orientation, 1 (upright) where it is missing or can't be read, as every viewer takes it."""
    try:
        return image.getexif().get(TiffTag.Orientation, 1)
    except Exception:  # damaged metadata, of which Pillow raises anything, does not make the pixels unusable
        return 1


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _finite(pixels: np.ndarray) -> np.ndarray:
    """uint8 and uint16 as they are, anything else as float32 without NaN and infinities."""
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize == 2:
        return pixels.astype(np.uint16, copy=False)  # in this machine's byte order
    pixels = pixels.astype(np.float32, copy=False)
    finite = np.isfinite(pixels)
    if finite.all():
        return pixels
    if not finite.any():
        raise ImageError("holds no finite value")
    low, high = float(pixels[finite].min()), float(pixels[finite].max())
    return np.nan_to_num(pixels, nan=low, neginf=low, posinf=high)


def _grey_if_equal(pixels: np.ndarray) -> np.ndarray:
    if pixels.ndim == 2:
        return pixels
    red, green, blue = cv2.split(pixels)
    apart = max(cv2.norm(red, green, cv2.NORM_INF), cv2.norm(green, blue, cv2.NORM_INF))
    if apart == 0:
        return red
    # A JPEG has 8 bits; deep channels are stored without loss, often in the lowest of 16 bits.
    return to_grey(pixels) if pixels.dtype == np.uint8 and apart <= GREY_TOLERANCE else pixels

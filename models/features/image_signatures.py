"""What of an image stays the same in its copies: a small picture of its structure, a hash and a spectrum of that.

Made so that encoding, brightness, contrast and slow changes of lighting hardly touch it. N images.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

SIDE_PX = 64  # of the small picture: enough structure to tell two textures apart, too coarse for JPEG to matter
HASHED = 8  # lowest frequencies an axis that the hash tells of, and
DESCRIBED = 9  # the spectrum; the constant one is left out of both

_NEIGHBOURHOOD_PX = SIDE_PX / 8  # standard deviation of the window that brightness and contrast are told by
_NOISE = 2.0  # grey levels: a contrast below counts for little
_ZERO, _UNIT = 128, 40  # of a picture's bytes: no contrast, and one local standard deviation
_FLAT = 2.0  # standard deviation of a picture that shows nothing to be known by


@dataclass(frozen=True, eq=False)
class Signatures:
    """Signatures of N images.

    Attributes:
        pictures: (N, SIDE_PX, SIDE_PX) uint8, local contrast around 128.
        hashes: (N,) uint64: the signs of the lowest frequencies of the picture.
        spectra: (N, DESCRIBED**2 - 1) float32: its lowest frequencies.
    """

    pictures: np.ndarray
    hashes: np.ndarray
    spectra: np.ndarray

    @classmethod
    def of(cls, images: Iterable[np.ndarray]) -> Signatures:
        """Of images (C, H, W) uint8 of any sizes."""
        pictures = [local_contrast(image) for image in images]
        spectra = [cv2.dct(picture.astype(np.float32) - _ZERO)[:DESCRIBED, :DESCRIBED] for picture in pictures]
        return cls(
            np.array(pictures, dtype=np.uint8).reshape(-1, SIDE_PX, SIDE_PX),
            np.array([_hash(spectrum) for spectrum in spectra], dtype=np.uint64),
            np.array([spectrum.ravel()[1:] for spectrum in spectra], np.float32).reshape(-1, DESCRIBED**2 - 1),
        )

    @classmethod
    def joined(cls, parts: Iterable[Signatures]) -> Signatures:
        """Of the images of all parts, one part after the other."""
        listed = [cls.of([]), *parts]
        return cls(
            np.concatenate([part.pictures for part in listed]),
            np.concatenate([part.hashes for part in listed]),
            np.concatenate([part.spectra for part in listed]),
        )

    def __len__(self) -> int:
        return len(self.hashes)

    def flat(self) -> np.ndarray:
        """Which images (N,) show no structure: nothing tells whether two of them are the same."""
        return self.pictures.std((1, 2)) < _FLAT


def local_contrast(image: np.ndarray) -> np.ndarray:
    """(C, H, W) uint8 -> (SIDE_PX, SIDE_PX) uint8: its grey values less their local mean, by the local deviation.

    Local contrast normalisation as in Jarrett et al., "What is the best multi-stage architecture for object
    recognition?", ICCV 2009.
    """
    grey = image[0] if len(image) == 1 else image.mean(axis=0, dtype=np.float32)
    small = cv2.resize(np.ascontiguousarray(grey), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    centred = small - _smooth(small)
    scaled = centred / (np.sqrt(_smooth(centred * centred)) + _NOISE)
    return np.clip(np.rint(_ZERO + _UNIT * scaled), 0, 255).astype(np.uint8)


def _smooth(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), _NEIGHBOURHOOD_PX)


def _hash(spectrum: np.ndarray) -> int:
    """The perceptual hash of Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010."""
    low = spectrum[:HASHED, :HASHED].ravel()[1:]
    return int.from_bytes(np.packbits(np.append(low > np.median(low), False)).tobytes())

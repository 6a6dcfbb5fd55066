"""Small images, and encoders that learn from them in milliseconds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch

from models.encoders.architectures import Encoder, build_encoder
from models.encoders.spec import EncoderSpec
from models.images.augment import Standardiser
from models.images.augment_config import AugmentConfig
from models.images.pixels import Pixels
from models.pretraining.config import PretrainConfig
from models.small_defects.anomaly_detector import AnomalyDetector
from models.small_defects.anomaly_training import BATCH, learn_anomalies
from models.stages import returned

CPU = torch.device("cpu")
T = TypeVar("T")
SIZE_PX = 32
VIT = EncoderSpec(kind="vit", width=16, patch_px=8, depth=2, heads=2, tile_px=SIZE_PX)


class MemoryStore:
    """What `Pixels` needs of a cache, named '0', '1', ..."""

    def __init__(self, images: Sequence[np.ndarray]) -> None:
        self.images = images

    def shapes(self, hashes: Sequence[str]) -> np.ndarray:
        return np.array([image.shape[1:] for image in self.gather(hashes)])

    def gather(self, hashes: Sequence[str]) -> list[np.ndarray]:
        return [self.images[int(name)].copy() for name in hashes]


def draw_stripes(count: int, *, size: int = SIZE_PX, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Noisy stripes, by turns level and upright: images (count, 1, size, size) uint8 and labels (count,)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    images = 128 + 10 * rng.standard_normal((count, 1, size, size))
    for image, label in zip(images, labels, strict=True):
        wave = 60 * np.sin(np.arange(size) * rng.uniform(0.9, 1.1) + rng.uniform(0, 6))
        image += wave[None, :] if label else wave[:, None]
    return images.clip(0, 255).astype(np.uint8), labels


def draw_blobs(per_class: int, classes: int, *, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors (n, 12) about one axis a class, and labels (n,), class after class."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), per_class)
    vectors = np.eye(12)[labels] + spread * rng.standard_normal((len(labels), 12))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), labels


def make_config(method: str = "simclr", **changes: object) -> PretrainConfig:
    config = PretrainConfig(
        method=method,
        encoder=VIT if method == "mae" else EncoderSpec(width=4),
        augment=AugmentConfig(size_px=SIZE_PX, area_min=0.5),
        epochs=3,
        batch_size=4,
        views=2,
        projection_hidden=16,
        projection_outputs=8,
        mask_ratio=0.5,
        amp=False,
    )
    return replace(config, **changes)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Tensors this small gain nothing from threads, and lose much to a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def pixels_of() -> Callable[[Sequence[np.ndarray]], Pixels]:
    """N images (C, H, W) uint8 -> `Pixels`."""
    return lambda images: Pixels(MemoryStore(images), [str(i) for i in range(len(images))], CPU)


@pytest.fixture
def stripes() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    return draw_stripes


@pytest.fixture
def draw_unequal() -> Callable[[Sequence[tuple[int, int]]], list[np.ndarray]]:
    """Images (1, H, W) uint8 of noise, one of each shape (H, W), each of another mean level."""

    def draw(shapes: Sequence[tuple[int, int]]) -> list[np.ndarray]:
        rng = np.random.default_rng(0)
        return [rng.integers(10 * i, 100 + 10 * i, (1, *shape), np.uint8) for i, shape in enumerate(shapes)]

    return draw


@pytest.fixture
def blobs() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    return draw_blobs


@pytest.fixture
def config() -> Callable[..., PretrainConfig]:
    """A method's settings for images of 32 px; anything can be changed."""
    return make_config


@pytest.fixture
def encoder() -> Encoder:
    """A random ResNet of width 4, in evaluation mode."""
    torch.manual_seed(0)
    return build_encoder(EncoderSpec(width=4)).eval()


@pytest.fixture
def vit() -> Encoder:
    """A random ViT of width 16 for tiles of 32 px, in evaluation mode."""
    torch.manual_seed(0)
    return build_encoder(VIT).eval()


@pytest.fixture
def standardiser() -> Standardiser:
    return Standardiser((128.0,), (40.0,))


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to fill the disk."""

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    return lambda: monkeypatch.setattr("models.storage.files.os.fsync", fail)


@pytest.fixture
def damaged(tmp_path: Path) -> Callable[[str, Path], Path]:
    """A damaged copy of a weight file, by the way in which it is damaged."""

    def damage(how: str, whole: Path) -> Path:
        content = whole.read_bytes()
        broken = tmp_path / f"{how}.safetensors"
        broken.write_bytes(
            {
                "empty": b"",
                "truncated": content[: len(content) // 2],
                "longer": content + b"more",
                "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.",
                "text": b"path,label\n",
                "huge header": b"\xff" * 7 + b"\x7f" + content[8:],
            }[how]
        )
        return broken

    return damage


def draw_surfaces(
    count: int, *, side: int = 96, seed: int = 0, spot: float = 0.0, channels: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Grainy surfaces (count, channels, side, side) uint8 with a spot of so many grey levels, and its centres (n, 2).

    The spot has a deviation of 4 px and lies 16 px from the edges at least.
    """
    rng = np.random.default_rng(seed)
    images = 128 + 12 * rng.standard_normal((count, channels, side, side))
    images = (images + np.roll(images, 1, axis=-1) + np.roll(images, 1, axis=-2)) / 3
    centres = rng.integers(16, side - 16, (count, 2))
    y, x = np.mgrid[:side, :side]
    for image, (row, column) in zip(images, centres, strict=True):
        image += spot * np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * 4**2))
    return images.clip(0, 255).astype(np.uint8), centres


@pytest.fixture
def surfaces() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    return draw_surfaces


@pytest.fixture
def finish() -> Callable[[Generator[object, None, T]], T]:
    return returned


@pytest.fixture(scope="session")
def _trained_detector() -> AnomalyDetector:
    images, _ = draw_surfaces(24)
    pixels = Pixels(MemoryStore(images), [str(i) for i in range(len(images))], CPU)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.small_defects.anomaly_training.WINDOW_PX", 64)
        return returned(learn_anomalies(pixels, windows=16 * BATCH, device=CPU, width=4))


@pytest.fixture
def detector(_trained_detector: AnomalyDetector) -> AnomalyDetector:
    """Knows plain surfaces of `surfaces`; a copy, so that a test may change it."""
    return copy.deepcopy(_trained_detector)

"""ImageNet weights for our ResNet-18: torchvision's file read, checked and given to an encoder.

The only place that reads a file of torch's own format, since torchvision publishes nothing else. That is safe with
`weights_only=True`: torch then knows tensors and plain containers, and refuses a pickle that names anything to call.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from models.encoders.architectures import Encoder, build_encoder
from models.encoders.spec import IMAGENET_WIDTH, EncoderSpec
from models.errors import KnownError

FIRST_LAYER = "conv1.weight"
CLASSIFIER = "fc."  # of the thousand ImageNet classes: no part of an encoder
COUNTER = "num_batches_tracked"  # older files lack it, and momentum batch norm never reads it


def published_url() -> str:
    """Where torchvision says that its weights lie."""
    from torchvision.models import ResNet18_Weights  # its import costs seconds: only a download pays it

    return str(ResNet18_Weights.IMAGENET1K_V1.url)


def is_published(content: bytes, name: str) -> bool:
    """Whether the SHA-256 of `content` begins as a published file's name says: 'resnet18-f37072fd.pth'."""
    prefix = Path(name).stem.rpartition("-")[2]
    return hashlib.sha256(content).hexdigest().startswith(prefix)


def imagenet_encoder(path: Path, *, channels: int) -> Encoder:
    """A ResNet-18 of width 64 for grey (1) or colour (3) images, with the weights in `path` (.pth or .safetensors).

    It expects pixels of mean 0 and deviation 1 in each channel, which is what ImageNet's normalisation made of
    ImageNet and `Standardiser` makes of a project: the weights need no other scale.

    Raises:
        KnownError: the file is missing, damaged, or holds anything but torchvision's ResNet-18.
    """
    weights = _encoder_weights(path)
    if channels == 1:
        weights[FIRST_LAYER] = grey_first_layer(weights[FIRST_LAYER])
    encoder = build_encoder(EncoderSpec(channels=channels, width=IMAGENET_WIDTH))
    encoder.load_state_dict(weights)
    return encoder


def load_imagenet_weights(encoder: Encoder, path: Path) -> None:
    """Start a ResNet-18 of width 64 from the weights in `path`.

    Raises:
        KnownError: as `imagenet_encoder`, or the encoder is another one.
    """
    if (encoder.spec.kind, encoder.spec.width) != ("resnet18", IMAGENET_WIDTH):
        raise KnownError(f"ImageNet weights are those of a ResNet-18 of width {IMAGENET_WIDTH}; choose that encoder.")
    encoder.load_state_dict(imagenet_encoder(path, channels=encoder.spec.channels).state_dict())


def grey_first_layer(weight: Tensor) -> Tensor:
    """Colour filters (D, 3, h, w) -> grey ones (D, 1, h, w): their sum over the channels.

    A grey image is a colour image of three equal channels, to which the filters answer sum_c(w_c * x) = sum_c(w_c) * x.
    The mean would answer with a third, which the batch norm's stored statistics do not expect.
    """
    return weight.sum(1, keepdim=True)


def _encoder_weights(path: Path) -> dict[str, Tensor]:
    """The checked tensors of an encoder for colour images, in float32."""
    stored = _read(path)
    expected = build_encoder(EncoderSpec(channels=3, width=IMAGENET_WIDTH)).state_dict()
    reason = _mismatch(stored, expected)
    if reason is not None:
        raise KnownError(f"{path} does not hold torchvision's ResNet-18 ({reason}); choose its ImageNet weights.")
    return {name: stored.get(name, tensor).to(tensor.dtype) for name, tensor in expected.items()}


def _mismatch(stored: Any, expected: dict[str, Tensor]) -> str | None:
    """What is not as it should be, in words."""
    if not isinstance(stored, dict) or not all(isinstance(tensor, Tensor) for tensor in stored.values()):
        return "it is no table of tensors"
    for name, tensor in expected.items():
        if name not in stored:
            if name.endswith(COUNTER):
                continue
            return f"{name} is missing"
        if stored[name].shape != tensor.shape:
            return f"{name} is {_size(stored[name])} instead of {_size(tensor)}"
        if stored[name].is_floating_point() != tensor.is_floating_point() or not stored[name].isfinite().all():
            return f"{name} holds other numbers than weights"
    foreign = next((name for name in stored if name not in expected and not str(name).startswith(CLASSIFIER)), None)
    return None if foreign is None else f"{foreign} belongs to another network"


def _size(tensor: Tensor) -> str:
    return " × ".join(map(str, tensor.shape)) or "one number"


def _read(path: Path) -> Any:
    """What a .safetensors file or one of torch's own holds."""
    if not path.is_file():
        raise KnownError(f"{path} is no file; name torchvision's ResNet-18 weights (.pth or .safetensors).")
    if path.suffix == ".safetensors":
        try:
            return load_file(path)
        except (SafetensorError, OSError) as error:
            raise KnownError(f"{path} is damaged or no safetensors file: it cannot be loaded.") from error
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # bytes that are no weights end in errors of every kind
        raise KnownError(f"{path} is damaged or holds more than weights: it cannot be loaded.") from error

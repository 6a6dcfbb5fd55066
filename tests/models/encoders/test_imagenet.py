"""models.encoders.imagenet: torchvision's weights give torchvision's features, and no other file is taken for them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from inspector.jobs.pool.imagenet_weights import FILE_NAME
from models.encoders.architectures import build_encoder
from models.encoders.imagenet import (
    grey_first_layer,
    imagenet_encoder,
    is_published,
    load_imagenet_weights,
    published_url,
)
from models.encoders.spec import EncoderSpec
from models.errors import KnownError


class Code:
    """Runs when it is unpickled by something careless."""

    def __reduce__(self):
        return Path.touch, (Path("ran"),)


@pytest.fixture
def changed(resnet18_file, tmp_path):
    """Call it with new entries of the state dict (None: left out); gives a file with these."""

    def change(**entries: object) -> Path:
        stored = torch.load(resnet18_file, weights_only=True)
        stored |= {name.replace("__", "."): tensor for name, tensor in entries.items()}
        path = tmp_path / "changed.pth"
        torch.save({name: tensor for name, tensor in stored.items() if tensor is not None}, path)
        return path

    return change


def torchvisions_features(path: Path, images: torch.Tensor) -> torch.Tensor:
    from torchvision.models import resnet18

    network = resnet18(weights=None)
    network.load_state_dict(torch.load(path, weights_only=True))
    network.fc = torch.nn.Identity()
    with torch.inference_mode():
        return network.eval()(images)


@pytest.mark.parametrize("channels", [1, 3])
def test_features_are_torchvisions_own(resnet18_file, channels):
    images = torch.randn(2, channels, 64, 64, generator=torch.Generator().manual_seed(0))
    encoder = imagenet_encoder(resnet18_file, channels=channels).eval()
    with torch.inference_mode():
        features = encoder(images)
    torch.testing.assert_close(features, torchvisions_features(resnet18_file, images.expand(-1, 3, -1, -1)))


def test_grey_filters_answer_as_colour_ones_do_to_equal_channels():
    filters, image = torch.randn(4, 3, 7, 7), torch.randn(1, 1, 9, 9)
    colour = torch.nn.functional.conv2d(image.expand(-1, 3, -1, -1), filters)
    torch.testing.assert_close(torch.nn.functional.conv2d(image, grey_first_layer(filters)), colour)


def test_safetensors_and_files_without_batch_counters_are_read_too(resnet18_file, tmp_path):
    stored = torch.load(resnet18_file, weights_only=True)
    kept = {name: tensor for name, tensor in stored.items() if not name.endswith("num_batches_tracked")}
    save_file(kept, tmp_path / "weights.safetensors")
    read = imagenet_encoder(tmp_path / "weights.safetensors", channels=3).state_dict()
    torch.testing.assert_close(read["layer4.1.conv2.weight"], stored["layer4.1.conv2.weight"])


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"layer1__0__conv1__weight": None}, "layer1.0.conv1.weight is missing"),
        ({"conv1__weight": torch.zeros(64, 1, 7, 7)}, "conv1.weight is 64 × 1 × 7 × 7 instead of 64 × 3 × 7 × 7"),
        ({"layer1__2__conv1__weight": torch.zeros(64, 64, 3, 3)}, "layer1.2.conv1.weight belongs to another network"),
        ({"bn1__weight": torch.full((64,), torch.nan)}, "bn1.weight holds other numbers than weights"),
        ({"bn1__weight": "text"}, "no table of tensors"),
    ],
)
def test_another_network_is_refused(changed, entries, words):
    with pytest.raises(KnownError, match=words):
        imagenet_encoder(changed(**entries), channels=1)


def test_a_pickle_with_code_is_refused_and_the_code_not_run(tmp_path):
    torch.save({"conv1.weight": Code()}, tmp_path / "code.pth")
    with pytest.raises(KnownError, match="holds more than weights"):
        imagenet_encoder(tmp_path / "code.pth", channels=1)
    assert not Path("ran").exists()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_damaged_file_is_one_sentence(resnet18_file, tmp_path, suffix):
    path = tmp_path / f"damaged{suffix}"
    path.write_bytes(resnet18_file.read_bytes()[:100_000])
    with pytest.raises(KnownError, match="is damaged or"):
        imagenet_encoder(path, channels=1)
    with pytest.raises(KnownError, match="is no file"):
        imagenet_encoder(path.with_name("nowhere.pth"), channels=1)


def test_another_encoder_does_not_take_them(resnet18_file):
    with pytest.raises(KnownError, match="of width 64"):
        load_imagenet_weights(build_encoder(EncoderSpec(width=32)), resnet18_file)


def test_a_published_file_is_known_by_the_hash_in_its_name():
    digest = hashlib.sha256(b"weights").hexdigest()
    assert is_published(b"weights", f"resnet18-{digest[:8]}.pth")
    assert not is_published(b"damaged", f"resnet18-{digest[:8]}.pth")
    assert published_url().rpartition("/")[2] == FILE_NAME

"""The header of a model file, without the model."""

from __future__ import annotations

import pytest
import torch

from models.errors import KnownError
from models.images.settings import ImageSettings, Scaling
from models.prediction.model_header import image_settings_of
from models.storage.checkpoint import save_weights


def test_image_settings_are_read_as_they_were_written(tmp_path):
    settings = ImageSettings(3, 1 << 20, Scaling(uint16=(10.0, 4095.0)), 1 << 28)
    metadata = {"image_settings": settings.to_json()}
    save_weights(tmp_path / "m.safetensors", {"a": torch.zeros(2)}, kind="model", metadata=metadata)
    assert image_settings_of(tmp_path / "m.safetensors") == settings


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is damaged or no safetensors file"),
        (b"\0" * 20, "is damaged or no safetensors file"),
        ("encoder", "holds an encoder, but a trained classifier is needed"),
        ("model", "does not say how it reads images"),
    ],
)
def test_what_is_no_model_is_a_sentence(tmp_path, content, said):
    file = tmp_path / "m.safetensors"
    if isinstance(content, str):
        save_weights(file, {}, kind=content, metadata={})
    else:
        file.write_bytes(content)
    with pytest.raises(KnownError, match=said):
        image_settings_of(file)
    with pytest.raises(KnownError, match="is no file"):
        image_settings_of(tmp_path / "gone.safetensors")

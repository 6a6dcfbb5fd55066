"""The device in words, as the side bar shows it."""

from __future__ import annotations

import pytest
import torch

from inspector.ui.background.device_probe import device_words
from models.system import nvidia


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_processors_without_a_card(monkeypatch):
    monkeypatch.setattr(nvidia, "driver", lambda: None)
    assert device_words() == "2 processors"


def test_a_card_in_vain_is_named(monkeypatch):
    monkeypatch.setattr(nvidia, "driver", lambda: nvidia.Driver("RTX A2000", 12))
    assert device_words() == "2 processors, not the RTX A2000"

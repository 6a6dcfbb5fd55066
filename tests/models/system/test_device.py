"""Where and how precisely to compute."""

from __future__ import annotations

import pytest
import torch

from models.errors import KnownError
from models.system import device

CPU = torch.device("cpu")


@pytest.fixture
def no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.usefixtures("no_cuda")
def test_auto_takes_the_cpu_where_there_is_no_cuda():
    assert device.pick_device("auto") == CPU
    assert device.pick_device() == CPU


def test_auto_takes_cuda_where_it_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.pick_device("auto").type == "cuda"
    assert device.pick_device("cpu") == CPU


@pytest.mark.usefixtures("no_cuda")
@pytest.mark.parametrize(("reason", "told"), [(None, "No CUDA device"), ("RTX A2000 computes nothing.", "RTX A2000")])
def test_cuda_that_is_not_there_is_told_with_the_reason_where_there_is_one(monkeypatch, reason, told):
    monkeypatch.setattr(device, "idle_card", lambda: reason)
    with pytest.raises(KnownError, match=told):
        device.pick_device("cuda")


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="tpu"):
        device.pick_device("tpu")


@pytest.mark.parametrize("dtype", [torch.bfloat16, None])
def test_autocast_uses_the_half_type_that_pays(monkeypatch, dtype):
    monkeypatch.setattr(device, "half_precision", lambda _: dtype)
    ones = torch.ones(2, 2)
    with device.autocast(CPU):
        assert (ones @ ones).dtype == (dtype or torch.float32)
    with device.autocast(CPU, enabled=False):
        assert (ones @ ones).dtype == torch.float32


@pytest.mark.parametrize(("dtype", "scaled"), [(torch.float16, True), (torch.bfloat16, False), (None, False)])
def test_only_float16_scales_its_loss(monkeypatch, dtype, scaled):
    monkeypatch.setattr(device, "half_precision", lambda _: dtype)
    assert device.gradient_scaler(CPU).is_enabled() is scaled
    assert not device.gradient_scaler(CPU, enabled=False).is_enabled()


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The share of a card's memory that was taken at each call; half of it is free, a quarter is ours already."""
    shares: list[float] = []
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (4 << 30, 8 << 30))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 2 << 30)
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", shares.append)
    return shares


def test_on_windows_no_more_is_taken_than_the_card_has_free(card, monkeypatch):
    monkeypatch.setattr(device.sys, "platform", "win32")
    device.stay_on_card()
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 4 << 30)
    device.stay_on_card()
    assert card == [0.75, 0.95]


def test_elsewhere_the_driver_refuses_by_itself(card, monkeypatch):
    monkeypatch.setattr(device.sys, "platform", "linux")
    device.stay_on_card()
    assert card == []

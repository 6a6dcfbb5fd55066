"""An NVIDIA card that PyTorch cannot use: found by the driver's own library, with what to do about it."""

from __future__ import annotations

import ctypes

import pytest
import torch

from models.system import nvidia


class _Library:
    """As libcuda answers, for a machine with one card; or with what `failure` names failing."""

    def __init__(self, *, version: int = 12_040, failure: str = "") -> None:
        self._version, self._failure = version, failure

    def _code(self, name: str) -> int:
        return 100 if name == self._failure else 0

    def cuInit(self, flags: int) -> int:  # noqa: N802
        return self._code("cuInit")

    def cuDeviceGet(self, device, index: int) -> int:  # noqa: N802
        device._obj.value = 7 + index
        return self._code("cuDeviceGet")

    def cuDeviceGetName(self, name, size: int, device: ctypes.c_int) -> int:  # noqa: N802
        assert device.value == 7
        name.value = b"RTX A2000"
        return self._code("cuDeviceGetName")

    def cuDriverGetVersion(self, version) -> int:  # noqa: N802
        version._obj.value = self._version
        return self._code("cuDriverGetVersion")


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(nvidia, "driver", lambda: nvidia.Driver("RTX A2000", 12))


def test_the_driver_names_the_card_and_its_cuda():
    assert nvidia.driver(lambda name: _Library()) == nvidia.Driver("RTX A2000", 12)


@pytest.mark.parametrize("failure", ["cuInit", "cuDeviceGet", "cuDeviceGetName", "cuDriverGetVersion"])
def test_a_driver_without_a_card_is_none(failure):
    assert nvidia.driver(lambda name: _Library(failure=failure)) is None


def test_no_driver_is_none():
    def missing(name: str) -> None:
        raise OSError(name)

    assert nvidia.driver(missing) is None


@pytest.mark.usefixtures("idle")
@pytest.mark.parametrize(
    ("built_for", "advice"),
    [
        (None, "uv tool install --torch-backend auto ."),
        ("13.0", "needs CUDA 13: install NVIDIA's newest driver"),
        ("12.8", "nvidia-smi"),
    ],
)
def test_an_idle_card_is_named_with_what_helps(monkeypatch, built_for, advice):
    monkeypatch.setattr(torch.version, "cuda", built_for)
    reason = nvidia.idle_card()
    assert reason is not None
    assert reason.startswith("RTX A2000 computes nothing")
    assert advice in reason


@pytest.mark.usefixtures("idle")
def test_a_packaged_application_is_not_told_to_install(monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(nvidia.sys, "frozen", True, raising=False)
    reason = nvidia.idle_card()
    assert reason is not None
    assert "get a build of Inspector with CUDA" in reason
    assert "uv" not in reason


def test_a_card_that_computes_is_not_idle(monkeypatch):
    monkeypatch.setattr(nvidia, "driver", lambda: nvidia.Driver("RTX A2000", 12))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert nvidia.idle_card() is None

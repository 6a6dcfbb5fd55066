"""The device of a job: one that was tried, since a driver may promise what it cannot do."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from models.errors import KnownError
from models.events import Notice

if TYPE_CHECKING:
    import torch


def usable_device(name: str = "auto") -> Generator[Notice, None, torch.device]:
    """'auto', 'cpu' or 'cuda': the device; with 'auto' the CPU and a notice where the graphics card fails when tried.

    Raises:
        KnownError: 'cuda' was asked for and cannot be used.
    """
    import torch

    from models.system.device import pick_device, stay_on_card

    device = pick_device(name)
    if device.type == "cpu":
        return device
    failure = _failure(device)
    if failure is None:
        stay_on_card()
        return device
    if name != "auto":
        raise KnownError(f"The graphics card cannot be used ({failure}); choose the CPU, or check its driver.")
    yield Notice(f"The graphics card cannot be used ({failure}); the CPU computes instead.", warning=True)
    return torch.device("cpu")


def device_to_learn_on(name: str = "auto") -> Generator[Notice, None, torch.device]:
    """`usable_device` for what takes long: says too why an NVIDIA card in this machine is not used.

    Raises:
        KnownError: as there.
    """
    from models.system.nvidia import idle_card

    device = yield from usable_device(name)
    if name == "auto" and device.type == "cpu" and (reason := idle_card()):
        yield Notice(reason, warning=True)
    return device


def _failure(device: torch.device) -> str | None:
    """Why a small convolution fails there; None if it works."""
    import torch

    try:
        image = torch.ones(1, 1, 8, 8, device=device)
        torch.nn.functional.conv2d(image, image[:, :, :3, :3]).sum().item()
    except RuntimeError as error:
        return str(error).splitlines()[0].rstrip(".")
    return None

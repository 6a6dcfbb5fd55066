"""NVIDIA's driver, asked without PyTorch: a card that PyTorch cannot use is found all the same, and the reason told."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

NAME_BYTES = 128


@dataclass(frozen=True)
class Driver:
    """What the driver says: the first card's name, and the newest major version of CUDA that it runs."""

    card: str
    cuda: int


def driver(load: Callable[[str], Any] = ctypes.CDLL) -> Driver | None:
    """The driver's own word by its library (CUDA driver API); None without a driver or a card."""
    try:
        library = load("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return None
    version, device, name = ctypes.c_int(), ctypes.c_int(), ctypes.create_string_buffer(NAME_BYTES)
    calls = (
        lambda: library.cuInit(0),
        lambda: library.cuDeviceGet(ctypes.byref(device), 0),
        lambda: library.cuDeviceGetName(name, NAME_BYTES, device),
        lambda: library.cuDriverGetVersion(ctypes.byref(version)),
    )
    if any(call() != 0 for call in calls):
        return None
    return Driver(name.value.decode(errors="replace"), version.value // 1000)


def idle_card() -> str | None:
    """Why an NVIDIA card in this machine computes nothing and what to do about it; None if it does, or is not there."""
    if torch.cuda.is_available() or (found := driver()) is None:
        return None
    if torch.version.cuda is None:
        return f"{found.card} computes nothing, because {_without_cuda()}"
    needed = int(torch.version.cuda.split(".")[0])
    if found.cuda < needed:
        return (
            f"{found.card} computes nothing, because its driver knows CUDA {found.cuda} and this PyTorch needs CUDA "
            f"{needed}: install NVIDIA's newest driver."
        )
    return f"{found.card} computes nothing, because PyTorch does not find it: see what nvidia-smi says."


def _without_cuda() -> str:
    if getattr(sys, "frozen", False):  # packaged: there is no folder to install from
        return "this Inspector was packaged with a PyTorch without CUDA: get a build of Inspector with CUDA."
    return (
        "this PyTorch was installed without CUDA: 'uv tool install --torch-backend auto .' in Inspector's folder makes "
        "an 'inspector' that uses it."
    )

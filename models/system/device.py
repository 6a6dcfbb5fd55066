"""Where and in which precision to compute: decided once, in one place."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext

import torch

from models.errors import KnownError
from models.system.nvidia import idle_card

CARD_SHARE = 0.95  # of the graphics card's memory at most; its driver needs some too


def pick_device(name: str = "auto") -> torch.device:
    """'auto' (CUDA where it works), 'cpu' or 'cuda'.

    Raises:
        KnownError: CUDA was asked for and is not there.
        ValueError: an unknown name.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device must be auto, cpu or cuda, not {name!r}")
    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise KnownError(
            idle_card() or "No CUDA device can be used here; choose --device cpu, or check the driver with nvidia-smi."
        )
    return torch.device("cuda" if available and name != "cpu" else "cpu")


def stay_on_card() -> None:
    """See that on Windows too what does not fit on the CUDA card fails, so that a smaller batch is tried.

    Since version 536 NVIDIA's driver there moves it into main memory instead, and learning crawls. What is free now is
    the limit; asked again before each job, since other programs come and go.
    """
    if sys.platform != "win32":
        return
    free, total = torch.cuda.mem_get_info()
    within_reach = free + torch.cuda.memory_reserved()
    torch.cuda.set_per_process_memory_fraction(min(CARD_SHARE, within_reach / total))


def half_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type that pays on this device, or None.

    bfloat16 where the hardware has it (a CPU without the instructions gets slower by it), float16 on older GPUs.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.bfloat16 if torch.backends.mkldnn.is_available() and torch.cpu._is_avx512_bf16_supported() else None


def autocast(device: torch.device, *, enabled: bool = True) -> AbstractContextManager[object]:
    """Mixed precision where it pays, else nothing."""
    dtype = half_precision(device) if enabled else None
    return nullcontext() if dtype is None else torch.autocast(device.type, dtype)


def gradient_scaler(device: torch.device, *, enabled: bool = True) -> torch.amp.GradScaler:
    """A loss scaler that acts only where float16 is in use: bfloat16 has float32's range."""
    return torch.amp.GradScaler(device.type, enabled=enabled and half_precision(device) is torch.float16)

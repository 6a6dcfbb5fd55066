"""A graphics card for machines that have none: tensors on device 'card' compute on the CPU, and are kept apart from it.

What CUDA refuses is refused here in the same place: tensors of two devices in one operation, a generator of the CPU for
numbers on the card, NumPy reading the card's memory. Once it is set up in a process the device stays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._mode_utils import no_dispatch
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

from inspector.__main__ import main as inspector
from models.system import device

NAME = "card"
CARD = torch.device("privateuseone", 0)  # until it is set up torch does not know the name
INDEXED = ("aten.index.Tensor", "aten.index_put.default", "aten.index_put_.default")  # CUDA takes indices of the CPU
FACTORIES = ("arange", "arange.start", "arange.start_step", "linspace", "eye", "randperm", "randperm.generator")
IN_HALF = ("conv2d", "linear", "matmul", "mm", "bmm", "addmm", "baddbmm", "scaled_dot_product_attention")
IN_FLOAT32 = ("softmax.int", "log_softmax.int", "layer_norm", "cross_entropy_loss", "mse_loss", "exp", "log", "sum")
_LIBRARIES: list[torch.library.Library] = []  # what they register ends with them


class CardTensor(Tensor):
    """Holds its numbers in `held`, a tensor of the CPU."""

    @staticmethod
    def __new__(cls, held: Tensor) -> CardTensor:
        """With the size and strides of `held`."""
        with torch.inference_mode(False):
            return Tensor._make_wrapper_subclass(
                cls, held.size(), held.stride(), held.storage_offset(), dtype=held.dtype, device=CARD
            )

    def __init__(self, held: Tensor) -> None:
        self.held = held

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        """Compute `operation` on what is held."""
        return _computed(operation, args, kwargs or {})

    def tolist(self) -> list:
        """As of any tensor."""
        return self.held.detach().tolist()

    def new_tensor(self, data: Any, *, dtype: torch.dtype | None = None) -> Tensor:
        """On the card."""
        return torch.tensor(data, dtype=dtype or self.dtype).to(CARD)


class _CardModule(_DummyBackendModule):
    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]


def set_up() -> None:
    """Make device 'card' known to torch."""
    _setup_privateuseone_for_python_backend(NAME, backend_module=_CardModule())
    _LIBRARIES.append(library := torch.library.Library("aten", "IMPL"))
    library.impl("empty.memory_format", _empty, "PrivateUse1")
    library.impl("empty_strided", _empty_strided, "PrivateUse1")
    library.impl("_copy_from", _copy_from, "PrivateUse1")
    for name in FACTORIES:
        library.impl(name, _factory(name), "PrivateUse1")
    _LIBRARIES.append(every := torch.library.Library("_", "IMPL"))
    every.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")
    for name in IN_HALF:
        library.impl(name, _cast(name, lambda: torch.get_autocast_dtype(NAME)), "AutocastPrivateUse1")
    for name in IN_FLOAT32:
        library.impl(name, _cast(name, lambda: torch.float32), "AutocastPrivateUse1")


def _computed(operation: Any, args: tuple, kwargs: dict) -> Any:
    name = str(operation)
    if name == "aten.copy_.default":
        _held(args[0]).copy_(_held(args[1]))
        return args[0]
    if name == "aten._to_copy.default":
        return _moved(operation, args[0], **kwargs)
    _refuse_mixing(name, args, kwargs)
    if torch.Tag.inplace_view in operation.tags:
        operation(_held(args[0]), *args[1:], **kwargs)
        with no_dispatch():  # the wrapper's own shape follows
            operation(*args, **kwargs)
        return args[0]
    on_card = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, CardTensor)]
    device = kwargs.get("device")
    stays = device is None or torch.device(device).type == NAME
    if device is not None and stays:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    made = operation(*tree_map(_held, args), **tree_map(_held, kwargs))
    known = {id(tensor.held): tensor for tensor in on_card}  # what was changed in place comes back as itself
    return tree_map(lambda x: known.get(id(x), _on_card(x)) if stays else x, made)


def _refuse_mixing(name: str, args: tuple, kwargs: dict) -> None:
    generator = kwargs.get("generator")
    if generator is not None and generator.device.type != NAME:
        raise RuntimeError(f"{name}: a generator of the CPU cannot draw on the card")
    if name in INDEXED and isinstance(args[0], CardTensor):
        leaves = [args[0], *args[2:3]]
    else:
        leaves = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
    if len({isinstance(leaf, CardTensor) for leaf in leaves if leaf.dim() or isinstance(leaf, CardTensor)}) > 1:
        shapes = [(tuple(leaf.shape), leaf.device.type) for leaf in leaves]
        raise RuntimeError(f"{name}: expected all tensors to be on the same device, not {shapes}")


def _moved(operation: Any, tensor: Tensor, *, device: Any = None, **kwargs: Any) -> Tensor:
    kwargs = {key: value for key, value in kwargs.items() if key not in ("pin_memory", "non_blocking")}
    to_card = isinstance(tensor, CardTensor) if device is None else torch.device(device).type == NAME
    made = operation(_held(tensor), **kwargs)
    return CardTensor(made) if to_card else made


def _held(value: Any) -> Any:
    return value.held if isinstance(value, CardTensor) else value


def _on_card(value: Any) -> Any:
    return CardTensor(value) if isinstance(value, Tensor) and not isinstance(value, CardTensor) else value


def _empty(size: Any, *, dtype: Any = None, memory_format: Any = None, **_: Any) -> Tensor:
    return CardTensor(torch.empty(size, dtype=dtype, memory_format=memory_format or torch.contiguous_format))


def _empty_strided(size: Any, stride: Any, *, dtype: Any = None, **_: Any) -> Tensor:
    return CardTensor(torch.empty_strided(size, stride, dtype=dtype))


def _copy_from(source: Tensor, target: Tensor, non_blocking: bool = False) -> Tensor:
    _held(target).copy_(_held(source))
    return target


def _factory(name: str) -> Callable[..., Tensor]:
    operation = _overload(name)

    def made(*args: Any, generator: torch.Generator | None = None, **kwargs: Any) -> Tensor:
        _refuse_mixing(name, (), {"generator": generator})
        return CardTensor(operation(*args, dtype=kwargs.get("dtype"), device=torch.device("cpu")))

    return made


def _cast(name: str, dtype_now: Callable[[], torch.dtype]) -> Callable[..., Any]:
    operation = _overload(name)
    keys = torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastPrivateUse1)

    def cast(value: Any) -> Any:
        is_number = isinstance(value, CardTensor) and value.is_floating_point() and value.dtype != torch.float64
        return value.to(dtype_now()) if is_number else value

    def run(*args: Any, **kwargs: Any) -> Any:
        with torch._C._ExcludeDispatchKeyGuard(keys):
            args, kwargs = tree_map(cast, (args, kwargs))
            return operation(*args, **kwargs)

    return run


def _overload(name: str) -> Any:
    operation, _, overload = name.partition(".")
    return getattr(getattr(torch.ops.aten, operation), overload or "default")


def main(commands: list[str]) -> int:
    """Run commands of the command line one after the other, all that can on the card; 0 if all succeed."""
    set_up()
    device.pick_device = lambda name="auto": torch.device("cpu") if name == "cpu" else CARD
    device.half_precision = lambda _: torch.bfloat16
    return next((code for command in commands if (code := inspector(command.split()))), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

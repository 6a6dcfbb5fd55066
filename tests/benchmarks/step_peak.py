"""How near a pretraining step comes to the machine's own peak: the same convolutions, there and back, and no more.

    python tests/benchmarks/step_peak.py [--method hybrid] [--steps 8] [--threads 1,2]

Crops a second of the preset `quick` in bfloat16 (where the processor has it) and in fp32, beside crops a second if a
step were its convolutions alone, each timed by itself on inputs of the same shape; and the share of a step that draws
views, which is all that is not forward, backward or optimiser. Each line runs in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

from common import print_json, print_table, run_alone

IMAGES, SIDE_PX = 512, 200
REPEATS = 5  # of each convolution; the median counts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", choices=("simclr", "hybrid"), default="hybrid")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", default="1,2", metavar="N,N")
    arguments = parser.parse_args()
    figures = {
        (threads, half): run_alone(measure, arguments.method, arguments.steps, threads, half)
        for threads in map(int, arguments.threads.split(","))
        for half in (True, False)
    }
    print_table(
        ["", "crops/s", "convolutions alone, crops/s", "step is % of that", "drawing views, %"],
        [
            [
                f"{arguments.method}, {threads} thread{'s' if threads > 1 else ''}, {found['precision']}",
                found["crops_per_second"],
                found["peak_crops_per_second"],
                100 * found["crops_per_second"] / found["peak_crops_per_second"],
                100 * found["drawing_share"],
            ]
            for (threads, _), found in figures.items()
        ],
    )
    print_json("step_peak", figures={f"{threads} {half}": found for (threads, half), found in figures.items()})


def measure(method: str, steps: int, threads: int, half: bool) -> dict[str, Any]:
    """Of one setting; to be called in a fresh process."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    from models.system.process import prepare_process

    prepare_process()
    from dataclasses import replace

    import numpy as np
    import torch
    from pretrain_speed import timed_steps, trainer_of

    from models.pretraining.config import preset
    from models.system.device import half_precision

    images = np.random.default_rng(0).integers(0, 256, (IMAGES, 1, SIDE_PX, SIDE_PX), dtype=np.uint8)
    trainer = trainer_of(images, replace(preset(method), amp=half))
    convolutions = _convolutions_of(trainer)
    seconds, drawing = timed_steps(trainer, steps)
    crops = trainer.batch_size * trainer.config.views
    dtype = (half_precision(trainer.device) if half else None) or torch.float32
    alone = sum(_seconds_alone(module, shape, dtype) for module, shape in convolutions)
    return {
        "precision": str(dtype).removeprefix("torch."),
        "crops_per_second": crops * steps / seconds,
        "peak_crops_per_second": crops / alone,
        "drawing_share": drawing / seconds,
    }


def _convolutions_of(trainer: Any) -> list[tuple[Any, Any]]:
    """Every convolution of a step, and the shape of its input. The step also warms everything up."""
    from torch import nn

    found: list[tuple[Any, Any]] = []
    modules = [module for module in trainer.objective.modules() if isinstance(module, nn.Conv2d)]
    hooks = [m.register_forward_hook(lambda m, inputs, _: found.append((m, inputs[0].shape))) for m in modules]
    trainer.update(trainer.next_batch())
    for hook in hooks:
        hook.remove()
    return found


def _seconds_alone(module: Any, shape: Any, dtype: Any) -> float:
    """Median time of one convolution, forward and backward."""
    import statistics

    import torch

    is_first = shape[1] == module.in_channels and module.in_channels <= 3  # of the images nobody needs the gradient
    inputs = torch.randn(shape).to(dtype=dtype, memory_format=torch.channels_last).requires_grad_(not is_first)
    weight = module.weight.detach().to(dtype=dtype, memory_format=torch.channels_last).requires_grad_()
    times = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        outputs = torch.nn.functional.conv2d(
            inputs, weight, stride=module.stride, padding=module.padding, dilation=module.dilation
        )
        wanted = (weight,) if is_first else (inputs, weight)
        torch.autograd.grad(outputs, wanted, torch.ones_like(outputs))
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


if __name__ == "__main__":
    main()

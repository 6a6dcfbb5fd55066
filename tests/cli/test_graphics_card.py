"""Every step of the job on a device that is not the CPU: nothing is left behind on the other one."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

LIMIT_S = 300
NEWEST_TORCH = (2, 15)

pytestmark = pytest.mark.skipif(
    tuple(map(int, version("torch").split(".")[:2])) > NEWEST_TORCH,
    reason="pretended_card.py uses an experimental interface of torch: see that it fits, then raise NEWEST_TORCH",
)


def on_card(*commands: str) -> subprocess.CompletedProcess[str]:
    """Run commands in one process that takes the pretended card for the graphics card."""
    program = [sys.executable, "-m", "tests.pretended_card", *commands]
    return subprocess.run(program, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT_S)


def test_the_whole_job_runs_on_a_card(imported, samples, tiny):
    options = " ".join(tiny)
    done = on_card(
        "label imported --from-folders --per-class 4",
        f"pretrain imported --method mae {options}",
        f"pretrain imported --method hybrid {options.removesuffix('--no-small-defects')}",
        "suggest imported --count 3 --out suggested.csv",
        "train imported --mode finetune --epochs 1",
        f"classify {samples} --model imported --out results.csv",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" min on card:0 (") == 2
    assert len(Path("results.csv").read_text(encoding="utf-8").splitlines()) == 73


def test_a_card_takes_no_tensors_of_the_cpu():
    code = """
import torch
from tests.pretended_card import set_up
set_up()
x = torch.ones(2, 3, device="card")
for step in (
    lambda: x + torch.ones(3),
    lambda: torch.nn.functional.linear(x, torch.ones(4, 3)),
    lambda: torch.rand(3, device="card", generator=torch.Generator()),
    lambda: torch.ones(5)[torch.arange(2, device="card")],
    lambda: x.numpy(),
):
    try:
        print(step())
    except (RuntimeError, TypeError):
        print("refused")
print((x + torch.tensor(1.0)).sum().item(), x[torch.tensor([0])].cpu().numpy().shape)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT_S)
    assert done.stdout.splitlines() == ["refused"] * 5 + ["12.0 (1, 3)"], done.stderr

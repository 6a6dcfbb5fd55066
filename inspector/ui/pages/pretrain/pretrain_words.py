"""What the Pretrain page says of methods, presets and runs. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.project import RunRecord
from inspector.ui.wording import rough_duration
from models.events import Progress
from models.pretraining.config import DEFAULT_METHOD, METHOD_NAMES

METHODS = tuple((method, METHOD_NAMES[method]) for method in (DEFAULT_METHOD, "simclr", "mae"))
SENTENCES = {
    "hybrid": "Learns what stays the same when an image is cropped, turned and lit differently, and to tell the "
    "texture of each crop. The one to begin with.",
    "simclr": "Learns what stays the same when an image is cropped, turned and lit differently. For surfaces whose "
    "texture means nothing.",
    "mae": "Learns to fill in the texture of what is hidden of an image. Worth a try where a defect is a break in a "
    "regular pattern.",
}
STARTS = {"random": "Random weights", "imagenet": "ImageNet"}
PRESETS = (("quick", "Quick"), ("balanced", "Balanced"), ("best", "Best"), ("paper", "As in the paper"))
FEW_IMAGES = 200
STATES = {"running": "runs", "cancelled": "stopped", "failed": "failed", "interrupted": "interrupted"}
SMALL_DEFECTS = "small defects"  # the stage of a run in which they are learned
RESUMABLE = ("cancelled", "failed", "interrupted")


def run_title(run: RunRecord) -> str:
    """'Run 5 · SimCLR'."""
    return f"Run {run.id} · {METHOD_NAMES.get(str(run.config.get('method')), 'unknown')}"


def epochs_text(run: RunRecord) -> str:
    """'30 epochs'."""
    planned = int(run.config.get("epochs", 0))
    return f"{planned:,} epochs"


def preset_text(name: str, seconds: Mapping[str, float] | None) -> str:
    """'Balanced, 6 min': as short as its field is narrow."""
    title = dict(PRESETS)[name]
    if seconds is None or name not in seconds:
        return title
    return f"{title}, {rough_duration(seconds[name]).removeprefix('about ')}"


def state_sentence(images: int, held_out: int) -> str:
    """What the page header says."""
    if not images:
        return ""
    used = images - held_out
    rest = f", {held_out:,} of the test set left out" if held_out else ""
    few = f"; it pays from about {FEW_IMAGES} on" if used < FEW_IMAGES else ""
    return f"Learns from {used:,} images without their labels{rest}{few}"


def stage_sentence(event: Progress) -> str:
    """What the page header says while a run does something beside its epochs; empty where that needs no word."""
    if event.stage != SMALL_DEFECTS:
        return ""
    return f"Learning to spot small defects: {event.done:,} of {event.total:,} {event.unit}"


def health_words(rank: float, limit: float, *, is_above_start: bool) -> tuple[str, str]:
    """('Good', 'ok') or what to fear, with the tone.

    A rank says alone that embeddings differ, not that they tell what matters: without a kNN score above that of the
    run's start they are no more than spread out.
    """
    if rank <= limit:
        return "Collapsed", "bad"
    if rank <= 3 * limit:
        return "Low", "warn"
    return ("Good", "ok") if is_above_start else ("Spread out", "")


def rate_text(rate: float) -> str:
    """A learning rate in five decimals; where a run's schedule has brought it to nothing, '0'."""
    text = f"{rate:.5f}"
    return text if float(text) else "0"


def settings_facts(config: Mapping[str, Any], images: int) -> list[tuple[str, str]]:
    """The settings of a run, as its panel lists them."""
    augment = config.get("augment") or {}
    encoder = config.get("encoder") or {}
    start = str(config.get("start_from", "random"))
    return [
        ("Method", METHOD_NAMES.get(str(config.get("method")), "unknown")),
        ("Preset", dict(PRESETS).get(str(config.get("preset")), str(config.get("preset")))),
        ("Images", f"{images:,}"),
        ("Epochs", f"{int(config.get('epochs', 0)):,}"),
        ("Start from", STARTS.get(start, f"Run {start}" if start.isdecimal() else start)),
        ("Crops", f"{augment.get('size_px', '–')} px, {config.get('views', '–')} views"),
        ("Encoder", f"{encoder.get('kind', '–')}, width {encoder.get('width', '–')}"),
        ("Batch", f"{config.get('batch_size', '–')} images"),
        ("Small defects", _small_defects_words(config)),
        ("Seed", str(config.get("seed", "–"))),
        ("Device", device_words(str(config.get("device", "–")))),
    ]


def device_words(device: str) -> str:
    """A device of torch's, such as 'cuda:0', in the words of the form."""
    return {"cpu": "Processor", "cuda": "Graphics card"}.get(device.partition(":")[0], device)


def _small_defects_words(config: Mapping[str, Any]) -> str:
    is_learned = bool(config.get("small_defects")) and config.get("preset") != "paper"
    return "Learned as well" if is_learned else "Not learned"

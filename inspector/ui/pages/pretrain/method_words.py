"""What a method costs on this machine and what it brought where it was measured, in words. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.jobs.events import DurationEstimated
from inspector.jobs.pretraining.method_figures import ENCODER, FUSED, LABELS, WORTH, MeasuredPreset, Share, figures_for
from inspector.jobs.pretraining.timing import breaks_promise
from inspector.ui.pages.pretrain.pretrain_words import METHOD_NAMES, PRESETS
from inspector.ui.wording import at_start, count, interval, rough_duration, share
from models.forecasting.pretraining_gain import in_points
from models.pretraining.config import PROMISED_MINUTES

NOT_MEASURED = "What it brings is not measured yet."


@dataclass(frozen=True)
class Brought:
    """What was measured of a method.

    Attributes:
        where: on which images, at how many labels.
        rows: kind of features, accuracy, interval.
        verdict: on the hybrid alone: whether it was worth it.
    """

    where: str
    rows: tuple[tuple[str, str, str], ...] = ()
    verdict: str = ""


def cost_words(preset: str, estimated: DurationEstimated | None) -> str:
    """'Quick: about 6 min here, 2.8 million parameters'."""
    title = dict(PRESETS)[preset]
    if estimated is None:
        return f"{title}: not measured here yet"
    seconds = estimated.seconds.get(preset)
    time = "not measured here" if seconds is None else f"{rough_duration(seconds)} here"
    return f"{title}: {time}, {estimated.parameters / 1e6:.1f} million parameters"


def promise_words(preset: str, seconds: float) -> str:
    """How long a preset takes here, and what to do where that is longer than it is meant to."""
    if not breaks_promise(preset, seconds):
        return f"{at_start(rough_duration(seconds))} on this machine."
    minutes = PROMISED_MINUTES[preset]
    return (
        f"{dict(PRESETS)[preset]} is meant for {minutes} min and takes {rough_duration(seconds)} on this machine; a "
        f"time budget of {minutes} min keeps to that."
    )


def brought(method: str, preset: str) -> Brought:
    """What experiments measured, of this preset or of the quickest that was."""
    measured = figures_for(method, preset)
    if measured is None:
        return Brought(NOT_MEASURED)
    kinds = (
        ("Encoder alone", measured.share(method, ENCODER)),
        ("With texture", measured.share(method, FUSED)),
        ("No pretraining", measured.share("none", "texture")),
    )
    judged = measured.judged[method]
    rows = tuple(_row(name, value, judged.images) for name, value in kinds if value is not None)
    where = (
        f"{measured.images}, {judged.images:,} images that no step had seen, {LABELS.replace(' a ', ' labels a ')}, "
        f"{dict(PRESETS)[measured.preset]}, {count(judged.seeds, 'seed')}:"
    )
    return Brought(where, rows, _verdict(measured) if method == "hybrid" else "")


def _row(name: str, value: Share, images: int) -> tuple[str, str, str]:
    return name, share(value.mean, images), interval((value.low, value.high))


def _verdict(measured: MeasuredPreset) -> str:
    gain = measured.hybrid_gain
    if gain is None:
        return ""
    points = in_points(gain.mean, gain.low, gain.high)
    over = METHOD_NAMES[measured.hybrid_over]
    if measured.hybrid_pays:
        return f"Its encoder beat {over}'s by {points.removeprefix('+')}."
    if gain.mean >= WORTH:
        return f"No sure gain: its encoder's {points} over {over}'s may be chance."
    return f"No gain: its encoder was not a point better than {over}'s, {points}."

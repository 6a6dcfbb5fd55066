"""What an experiment says of the methods, in the form that inspector/jobs/pretraining/method_figures.py reads."""

from __future__ import annotations

import math
from typing import Any

from inspector.jobs.experiment.intervals import Estimate
from inspector.jobs.experiment.measured import Measured
from inspector.jobs.experiment.plan import RANDOM, TEXTURE, Plan, Row
from inspector.jobs.experiment.protocol import FOLDS
from inspector.jobs.experiment.store import RESULTS_NAME
from inspector.jobs.pretraining.method_figures import ENCODER, FUSED, LABELS
from models.errors import KnownError

SINGLE = ("simclr", "mae")
TOGETHER = (
    "preset",
    "digest",
    "split",
    "classes",
    "label_draws",
    "epochs",
    "unseen_per_class",
)  # what two must agree in


def together(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two results.json as one: of the same preset and images, each of other methods.

    Raises:
        KnownError: they are not.
    """
    differing = [key for key in TOGETHER if _told(first, key) != _told(second, key)]
    if differing:
        raise KnownError(f"Two {RESULTS_NAME} of one preset are of another {', '.join(differing)}; give one of them.")
    methods = (first["experiment"]["plan"]["methods"], second["experiment"]["plan"]["methods"])
    if twice := set(methods[0]) & set(methods[1]):
        raise KnownError(
            f"Two {RESULTS_NAME} of one preset both measured {', '.join(sorted(twice))}; give one of them."
        )
    plan = {**first["experiment"]["plan"], "methods": [*methods[0], *methods[1]]}
    return {
        "experiment": {**first["experiment"], "plan": plan},
        "measurements": {**second["measurements"], **first["measurements"]},
    }


def _told(stored: dict[str, Any], key: str) -> Any:
    return stored["experiment"].get(key, stored["experiment"]["plan"].get(key))


def with_other_methods(figures: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Figures of a preset, and those of methods that were measured before and not again."""
    merged = {key: before[key] | figures[key] for key in ("judged", "accuracy", "minutes")}
    if figures["hybrid_gain"] is None:
        merged |= {key: before[key] for key in ("hybrid_over", "hybrid_gain")}
    return figures | merged


def figures_of(stored: dict[str, Any], *, images: str) -> dict[str, Any]:
    """From a results.json, whole or not; `images` is what its folder of images is called.

    Raises:
        KnownError: its encoders had other epochs or views than the preset says, or nothing is measured.
    """
    plan_then = stored["experiment"]["plan"]
    if plan_then["epochs"]:
        raise KnownError(f"{RESULTS_NAME} is of {plan_then['epochs']} epochs and says nothing of the preset.")
    if augment := plan_then.get("augment"):  # only where views were changed
        raise KnownError(f"{RESULTS_NAME} is of other views ({', '.join(augment)}) and says nothing of the preset.")
    measured = measured_of(stored)
    accuracy = {
        method: {features: shares for features in (ENCODER, FUSED) if (shares := _shares(measured, method, features))}
        for method in ("random", *measured.plan.methods)
    }
    accuracy["none"] = {"texture": _shares(measured, TEXTURE.method, TEXTURE.features)}
    runs = {method: measured.of("pretrain", Row(method, ENCODER)) for method in measured.plan.methods}
    devices = {run["device"].split(":")[0] for run in runs.values() if run is not None}
    better = max(SINGLE, key=lambda method: accuracy.get(method, {}).get(ENCODER, {}).get(LABELS, [0.0])[0])
    is_compared = all(LABELS in accuracy.get(method, {}).get(ENCODER, {}) for method in (*SINGLE, "hybrid"))
    gain = measured.difference("labels", Row("hybrid", ENCODER), Row(better, ENCODER), LABELS) if is_compared else None
    return {
        "preset": measured.plan.preset,
        "images": images,
        "device": devices.pop() if devices else "cpu",
        "judged": {method: _judged(measured, method) for method, found in accuracy.items() if any(found.values())},
        "accuracy": {method: found for method, found in accuracy.items() if any(found.values())},
        "minutes": {method: _minutes(measured, method) for method, run in runs.items() if run is not None},
        "hybrid_over": better if gain else "",
        "hybrid_gain": None if gain is None else _limits(gain),
    }


def _judged(measured: Measured, method: str) -> dict[str, int]:
    """By how many images, each counted once (from the sixth seed on they judge again), and by how many seeds."""
    row = {"random": RANDOM, "none": TEXTURE}.get(method, Row(method, ENCODER))
    found = [measured.of("labels", row, LABELS, seed=seed) for seed in range(measured.seeds)]
    images = sum(len(each["answers"]["true"]) for each in found[:FOLDS] if each is not None)
    return {"images": images, "seeds": sum(each is not None for each in found)}


def measured_of(stored: dict[str, Any]) -> Measured:
    """The measurements of a results.json, whole or not.

    Raises:
        KnownError: nothing is measured.
    """
    measurements = stored["measurements"]
    judged = [found["answers"]["true"] for found in measurements.values() if "answers" in found]
    if not judged:
        raise KnownError(f"{RESULTS_NAME} holds no accuracy yet.")
    seeds = 1 + max(int(key.split(":")[0].removeprefix("seed ")) for key in measurements)
    then = stored["experiment"]["plan"]
    plan = Plan(then["preset"], methods=tuple(then["methods"]), label_draws=then["label_draws"])
    return Measured(plan, seeds, tuple(stored["experiment"]["classes"]), len(judged[0]), measurements)


def _shares(measured: Measured, method: str, features: str) -> dict[str, list[float]]:
    row = RANDOM if method == "random" else Row(method, features)
    if method == "random" and features != ENCODER:
        return {}
    found = {labels: measured.estimate("labels", row, labels) for labels in measured.plan.label_draws}
    return {labels: _limits(estimate) for labels, estimate in found.items() if estimate is not None}


def _limits(estimate: Estimate) -> list[float]:
    """Mean, low, high; of a single value the limits are the value."""
    limits = (estimate.mean if math.isnan(limit) else limit for limit in (estimate.low, estimate.high))
    return [round(value, 5) for value in (estimate.mean, *limits)]


def _minutes(measured: Measured, method: str) -> float:
    """Mean over the seeds."""
    found = [measured.of("pretrain", Row(method, ENCODER), seed=seed) for seed in range(measured.seeds)]
    seconds = [each["seconds"] for each in found if each is not None]
    return round(sum(seconds) / len(seconds) / 60, 2)

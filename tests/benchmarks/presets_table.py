"""The README's table of presets: what each promises, and what it brought where it was measured."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.jobs.pretraining.method_figures import ENCODER, FUSED, MeasuredPreset, Share
from models.pretraining.config import DEFAULT_METHOD, PROMISED_MINUTES

BEGIN, END = "<!-- presets: made by tests/benchmarks/method_figures.py -->", "<!-- end of presets -->"
NOT_MEASURED = "not measured yet"
LABELS = ("1 a class", "5 a class", "10 %")
METHOD = DEFAULT_METHOD


def presets_table(measured: Mapping[tuple[str, str], MeasuredPreset]) -> str:
    """In Markdown: a row for no pretraining, and one a preset; no column of which nothing was measured."""
    headers = ("preset", "at most, two cores", "encoder, two cores", "encoder, graphics card", *LABELS, "MAE alone, 5")
    rows = [
        ("none", "seconds", "", "", *_accuracies(next(iter(measured.values()), None), "none", "texture"), ""),
        *(_row(preset, measured) for preset in PROMISED_MINUTES),
    ]
    shown = [k for k in range(len(headers)) if {row[k] for row in rows} - {"", NOT_MEASURED}]
    lines = [headers, ("---",) * len(headers), *rows]
    return "\n".join("| " + " | ".join(cells[k] for k in shown) + " |" for cells in lines)


def in_document(text: str, table: str) -> str:
    """A document with the table between its two marks.

    Raises:
        ValueError: they are not there.
    """
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _row(preset: str, measured: Mapping[tuple[str, str], MeasuredPreset]) -> tuple[str, ...]:
    on_cpu, on_card = measured.get((preset, "cpu")), measured.get((preset, "cuda"))
    judged = next((each for each in (on_cpu, on_card) if each and each.share(METHOD, FUSED)), None)
    mae = judged.share("mae", ENCODER) if judged else None
    return (
        preset,
        f"{PROMISED_MINUTES[preset]} min",
        _minutes(on_cpu),
        _minutes(on_card),
        *_accuracies(judged, METHOD, FUSED),
        _accuracy(mae),
    )


def _minutes(measured: MeasuredPreset | None) -> str:
    if measured is None or METHOD not in measured.minutes:
        return NOT_MEASURED
    return f"{measured.minutes[METHOD]:.1f} min"


def _accuracies(measured: MeasuredPreset | None, method: str, features: str) -> list[str]:
    return [_accuracy(measured.share(method, features, labels) if measured else None) for labels in LABELS]


def _accuracy(share: Share | None) -> str:
    """'97.1 [96.0–98.2]' in percent."""
    if share is None:
        return NOT_MEASURED
    return f"{100 * share.mean:.1f} [{100 * share.low:.1f}–{100 * share.high:.1f}]"

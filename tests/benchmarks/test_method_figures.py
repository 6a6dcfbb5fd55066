"""What the window says of methods: figures of experiments, read and never typed; and the README's table."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from experiment_figures import figures_of, measured_of, together, with_other_methods
from presets_table import BEGIN, END, in_document, presets_table

from inspector.jobs.experiment.plan import Plan, Row
from inspector.jobs.pretraining.method_figures import Judged, MeasuredPreset, Share, measured_presets
from models.errors import KnownError
from models.pretraining.config import PROMISED_MINUTES

README = Path(__file__).parents[2] / "README.md"
UNSEEN = 40


def measurement(*accuracies: float) -> dict:
    """Draws on 40 unseen images."""
    scores = [{"accuracy": accuracy, "macro_f1": accuracy, "ece": 0.1} for accuracy in accuracies]
    right = np.arange(UNSEEN) < round(accuracies[0] * UNSEEN)
    answers = {"true": [0] * UNSEEN, "predicted": (~right).astype(int).tolist(), "confidence": [0.9] * UNSEEN}
    return {"scores": scores, "answers": answers, "seconds_in_all": 1.0}


def results(hybrid: tuple[float, ...] = (0.925, 0.95, 0.945), left_out: tuple[str, ...] = ()) -> dict:
    """A results.json of one seed in which SimCLR is the better single method."""
    encoder = {"simclr": (0.90, 0.92, 0.91), "mae": (0.80, 0.85, 0.82), "hybrid": hybrid}
    key = "seed 0: {} / {} / {}".format
    made = {key("labels", "none", "texture / 5 a class"): measurement(0.9, 0.92, 0.91)}
    for method, accuracies in encoder.items():
        if method not in left_out:
            run = {"seconds": 240.0, "device": "cpu", "parameters": 1_000, "epochs": 45}
            made[key("pretrain", method, "encoder")] = run
            made[key("labels", method, "encoder / 5 a class")] = measurement(*accuracies)
            made[key("labels", method, "fused / 5 a class")] = measurement(0.95, 0.97, 0.96)
    plan = Plan("quick", label_draws={"1 a class": 6, "5 a class": 3}).to_json()
    return {"experiment": {"plan": plan, "classes": ["a", "b"]}, "measurements": made}


def read(stored: dict) -> MeasuredPreset:
    return MeasuredPreset.from_json(figures_of(stored, images="NEU"))


def test_means_and_intervals_are_the_experiments():
    measured = read(results())
    assert (measured.preset, measured.images) == ("quick", "NEU")
    assert set(measured.judged) == {"simclr", "mae", "hybrid", "none"}
    assert all(judged == Judged(UNSEEN, 1) for judged in measured.judged.values())
    assert measured.minutes == {"simclr": 4.0, "mae": 4.0, "hybrid": 4.0}
    share = measured.share("simclr", "encoder")
    assert share.mean == pytest.approx(0.91)
    assert share.high - share.mean == pytest.approx(4.303 * 0.01 / math.sqrt(3), rel=1e-3)  # Student's t of 3 draws
    assert measured.share("none", "texture").mean == pytest.approx(0.91)
    assert measured.share("simclr", "encoder", "1 a class") is None


def test_a_hybrid_is_held_against_the_better_single_method():
    measured = read(results())
    assert (measured.hybrid_over, measured.hybrid_pays) == ("simclr", True)
    assert measured.hybrid_gain.mean == pytest.approx(0.03)


@pytest.mark.parametrize("accuracies", [(0.90, 0.92, 0.91), (0.905, 0.925, 0.915), (1.0, 0.90, 0.90)])
def test_less_than_a_point_or_within_chance_is_no_gain(accuracies):
    assert not read(results(accuracies)).hybrid_pays


def test_an_experiment_that_still_runs_counts_as_far_as_it_is():
    measured = read(results(left_out=("mae",)))
    assert (measured.share("mae", "encoder"), measured.hybrid_gain, measured.hybrid_pays) == (None, None, False)
    assert measured.minutes.keys() == {"simclr", "hybrid"}


def only(*methods: str) -> dict:
    stored = results(left_out=tuple({"simclr", "mae", "hybrid"} - set(methods)))
    stored["experiment"]["plan"]["methods"] = list(methods)
    return stored


def test_experiments_of_other_methods_are_read_together():
    assert read(together(only("simclr", "hybrid"), only("mae"))) == read(results())


def test_what_does_not_belong_together_is_refused():
    other = only("mae")
    other["experiment"]["classes"] = ["a", "c"]
    with pytest.raises(KnownError, match="another classes"):
        together(only("simclr"), other)
    with pytest.raises(KnownError, match="both measured simclr"):
        together(only("simclr", "mae"), only("simclr"))


def test_folds_judge_by_other_images_each():
    stored = results()
    stored["measurements"] |= {
        key.replace("seed 0", f"seed {seed}"): value
        for key, value in results()["measurements"].items()
        for seed in range(7)
    }
    for key in list(stored["measurements"]):
        if key[5] in "23456" and "mae" in key:
            del stored["measurements"][key]
    judged = read(stored).judged
    assert (judged["hybrid"], judged["mae"]) == (Judged(5 * UNSEEN, 7), Judged(2 * UNSEEN, 2))


def test_what_was_measured_of_other_methods_before_stays():
    before, now = figures_of(results(), images="NEU"), figures_of(only("mae"), images="NEU")
    now["judged"]["mae"]["seeds"] = 3
    merged = MeasuredPreset.from_json(with_other_methods(now, before))
    assert merged.judged["mae"].seeds == 3
    assert (merged.judged["simclr"], merged.hybrid_gain) == (
        read(results()).judged["simclr"],
        read(results()).hybrid_gain,
    )


def test_a_difference_is_of_the_seeds_that_both_have():
    stored = results()
    for key, value in results(hybrid=(0.95, 0.95, 0.95), left_out=("mae",))["measurements"].items():
        if "hybrid" not in key:
            stored["measurements"][key.replace("seed 0", "seed 1")] = value
    assert read(stored).hybrid_gain.mean == pytest.approx(0.03)


def test_a_difference_of_single_draws_is_of_the_seeds_that_both_have():
    stored = results()
    for method in ("simclr", "hybrid"):
        stored["measurements"][f"seed 0: labels / {method} / encoder / all"] = measurement(0.9)
    stored["measurements"]["seed 1: labels / hybrid / encoder / all"] = measurement(0.95)
    stored["experiment"]["plan"]["label_draws"]["all"] = 1
    rows = (Row("hybrid", "encoder"), Row("simclr", "encoder"))
    assert measured_of(stored).difference("labels", *rows, "all").mean == 0


def test_epochs_of_ones_own_say_nothing_of_a_preset():
    stored = results()
    stored["experiment"]["plan"]["epochs"] = 2
    with pytest.raises(KnownError, match="2 epochs"):
        figures_of(stored, images="NEU")


def test_views_of_ones_own_say_nothing_of_a_preset():
    stored = results()
    stored["experiment"]["plan"]["augment"] = {"brightness": 0.4}
    with pytest.raises(KnownError, match="other views \\(brightness\\)"):
        figures_of(stored, images="NEU")


def test_what_is_kept_is_read_whole():
    for (name, device), measured in measured_presets().items():
        assert (name, device) == (measured.preset, measured.device)
        assert measured.judged.keys() == measured.accuracy.keys()
        assert all(judged.images > 0 and judged.seeds > 0 for judged in measured.judged.values())
        assert all(0 <= share.low <= share.mean <= share.high <= 1 for share in shares_of(measured))


def shares_of(measured: MeasuredPreset) -> list[Share]:
    return [share for kinds in measured.accuracy.values() for by in kinds.values() for share in by.values()]


def test_the_readme_has_the_table_of_these_figures():
    text = README.read_text(encoding="utf-8")
    assert in_document(text, presets_table(measured_presets())) == text


def test_a_table_says_what_is_not_measured_and_leaves_out_columns_of_nothing():
    table = presets_table({("quick", "cpu"): read(results())}).splitlines()
    header, _, none, quick, balanced, _ = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table)
    assert [line.split("|")[1].strip() for line in table[2:]] == ["none", *PROMISED_MINUTES]
    assert header == ["preset", "at most, two cores", "encoder, two cores", "5 a class", "MAE alone, 5"]
    assert none == ["none", "seconds", "", "91.0 [88.5–93.5]", ""]
    assert quick == ["quick", "10 min", "4.0 min", "96.0 [93.5–98.5]", "82.3 [76.1–88.6]"]
    assert balanced == ["balanced", "25 min", "not measured yet", "not measured yet", "not measured yet"]


def test_only_what_lies_between_the_marks_is_replaced():
    assert in_document(f"a {BEGIN} old {END} b", "new") == f"a {BEGIN}\nnew\n{END} b"
    with pytest.raises(ValueError):
        in_document("no marks", "new")

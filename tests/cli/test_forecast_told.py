"""How many more labels? As `inspector train` and `inspector evaluate` tell it."""

from __future__ import annotations

TEXTURE = ("--features", "texture")


def test_training_tells_what_more_labels_would_bring(imported, inspector):
    inspector("label", imported, "--from-folders", "--per-class", 6)
    outcome = inspector("train", imported, *TEXTURE, "--json")
    forecast = outcome.json["label_forecast"]
    assert outcome.json["label_forecast_unknown"] is None
    assert (forecast["labels"], forecast["confidence"]) == (36, 0.9)
    assert [point["labels"] for point in forecast["points"]] == [36, 54, 72, 108, 180]
    assert forecast["per_class"].keys() == forecast["points"][0]["per_class"].keys()
    assert all(0 <= f["low"] <= f["f1"] <= f["high"] <= 1 for f in forecast["per_class"].values())
    assert forecast["sentence"] in outcome.err


def test_the_summary_ends_with_it_and_so_does_the_report_on_the_run(imported, inspector):
    inspector("label", imported, "--from-folders", "--per-class", 6)
    *_, told, model = inspector("train", imported, *TEXTURE).out.splitlines()
    assert model.startswith("model: ")
    assert told.startswith("How many more labels? ")
    inspector("label", imported, "--from-folders")
    assert told in inspector("evaluate", imported).out.splitlines()
    figures = inspector("evaluate", imported, "--json").json
    assert told == f"How many more labels? {figures['label_forecast']['sentence']}"


def test_one_label_a_class_is_too_few_and_says_so(imported, inspector):
    inspector("label", imported, "--from-folders", "--per-class", 1)
    figures = inspector("train", imported, *TEXTURE, "--json").json
    assert figures["label_forecast"] is None
    assert figures["label_forecast_unknown"].startswith("Too few labels to tell how far more would help")

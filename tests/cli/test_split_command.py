"""Keeping labelled images for judging: which, what it changes, and how it is taken back."""

from __future__ import annotations

from inspector.project import Project


def held_out(folder) -> set[int]:
    with Project.open(folder, read_only=True) as project:
        return {image_id for image_id, part in project.split().items() if part == "test"}


def test_a_share_of_each_class_is_kept_and_judges(imported, inspector):
    inspector("label", imported, "--from-folders", "--per-class", 5)
    outcome = inspector("split", imported, "--hold-out", 0.4, "--json")
    assert outcome.json["held_out"] == 12
    assert set(outcome.json["classes"].values()) == {2}
    assert inspector("train", imported, "--features", "texture", "--json").json["labels"] == 18
    assert inspector("evaluate", imported, "--json").json["images"] == 12


def test_a_seed_draws_others_and_release_takes_all_back(imported, inspector):
    inspector("label", imported, "--from-folders", "--per-class", 5)
    assert inspector("split", imported, "--hold-out", 0.2).out.startswith("6 images are kept for judging (crazing 1")
    first = held_out(imported)
    assert inspector("split", imported, "--release").out == "No image is kept for judging.\n"
    assert held_out(imported) == set()
    inspector("split", imported, "--hold-out", 0.2, "--seed", 1)
    assert held_out(imported) != first


def test_an_encoder_that_has_seen_them_is_told_of(pretrained, inspector):
    inspector("label", pretrained, "--from-folders", "--per-class", 5)
    assert "pretrain again" in inspector("split", pretrained, "--hold-out", 0.2).out


def test_nothing_to_hold_out(imported, inspector):
    assert "no labels yet" in inspector("split", imported, "--hold-out", 0.2).error

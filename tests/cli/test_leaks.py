"""Copies planted across the split are found and named, and no figure is given until they are left out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inspector.project import Project

COPIES = 20


def as_jpeg(pixels):
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])[1], cv2.IMREAD_GRAYSCALE)


CHANGES = (as_jpeg, lambda pixels: cv2.convertScaleAbs(pixels, alpha=1.02), lambda pixels: np.roll(pixels, 1, axis=1))


@pytest.fixture
def planted(trained, tmp_path, inspector):
    """The trained project with all images labelled, and changed copies of 20 of its 30 trained ones."""
    with Project.open(trained) as project:
        images, labels = project.images(), project.labels()
        originals = [image for image in images if image.id in project.run_images(1, "train")][:COPIES]
        for number, image in enumerate(originals):
            pixels = CHANGES[number % 3](cv2.imread(str(image.path), cv2.IMREAD_GRAYSCALE))
            copy = tmp_path / "more" / labels[image.id] / f"copy{number}.png"
            copy.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(copy), pixels)
    assert inspector("import", trained, tmp_path / "more").code == 0
    assert inspector("label", trained, "--from-folders").code == 0
    return trained


def test_copies_are_named_and_the_figures_withheld(planted, inspector):
    sentence = inspector("evaluate", planted, "--json").error
    assert sentence.startswith(f"{COPIES} of the 62 images that would judge run 1 are near-duplicates")
    assert all(f"copy{number}.png" in sentence for number in range(COPIES))
    assert "--leave-out-leaks" in sentence


def test_figures_come_without_the_copies(planted, inspector):
    outcome = inspector("evaluate", planted, "--leave-out-leaks", "--json")
    assert (outcome.json["images"], outcome.json["leaks_left_out"]) == (42, COPIES)
    assert "20 more are left out" in outcome.json["protocol"]


def test_copies_outside_the_project_are_found(trained, planted, tmp_path, inspector):
    paths = sorted((tmp_path / "more").glob("*/*.png"))
    (tmp_path / "truth.csv").write_text("path,label\n" + "".join(f"{p},{p.parent.name}\n" for p in paths))
    assert inspector("evaluate", planted, "--labels", "truth.csv").error.startswith(f"{COPIES} of the {COPIES}")


def test_groups_names_near_duplicates(planted, inspector):
    found = inspector("groups", planted, "--json").json["near_duplicates"]
    assert len(found) == COPIES
    assert all(len(members) == 2 for members in found)
    assert f"{COPIES} clusters of near-duplicates" in inspector("groups", planted, "--no-near-duplicates").out


def test_nothing_is_merged_in_generated_samples(imported, inspector):
    assert inspector("groups", imported, "--json").json["groups"] == []


def test_images_of_one_coil_judge_nothing_beside_trained_ones(trained, inspector):
    assert inspector("label", trained, "--from-folders").code == 0
    assert inspector("groups", trained, "--pattern", r"/(\w+)/[^/]*$", "--no-near-duplicates").code == 0
    assert inspector("evaluate", trained).error.startswith("42 of the 42")
    assert "All 42 images" in inspector("evaluate", trained, "--leave-out-leaks").error


def test_what_was_pretrained_on_can_not_be_held_out(pretrained, inspector):
    inspector("label", pretrained, "--from-folders", "--per-class", 4)
    assert inspector("train", pretrained, "--features", "encoder", "--labelled-only").code == 0
    inspector("label", pretrained, "--from-folders", "--per-class", 5)
    with Project.open(pretrained) as project:
        fresh = set(project.labels()) - project.run_images(2, "train")
        project.assign_split(dict.fromkeys(fresh, "test"))
    assert inspector("evaluate", pretrained).error.startswith(f"{len(fresh)} of the {len(fresh)}")


def test_what_a_foreign_encoder_was_trained_on_can_not_be_held_out(pretrained, imported, tmp_path, inspector):
    encoder = tmp_path / "encoder.safetensors"
    with Project.open(pretrained) as project:
        encoder.write_bytes((project.run(1).folder / "encoder.safetensors").read_bytes())
    inspector("label", imported, "--from-folders", "--per-class", 5)
    with Project.open(imported) as project:
        held_out = sorted(project.labels())[::5]
        project.assign_split(dict.fromkeys(held_out, "test"))
    assert inspector("train", imported, "--encoder", encoder, "--features", "encoder").code == 0
    sentence = inspector("evaluate", imported).error
    assert sentence.startswith(f"{len(held_out)} of the {len(held_out)}")
    assert "was seen itself" in sentence


def test_pretraining_looks_at_no_held_out_image(imported, tiny, inspector):
    with Project.open(imported) as project:
        project.assign_split(dict.fromkeys(range(1, 13), "test"))
    assert inspector("pretrain", imported, "--method", "simclr", *tiny).code == 0
    with Project.open(imported) as project:
        assert project.run_images(1, "pretrain") == set(range(13, 73))


def test_folds_keep_copies_together(planted, inspector):
    protocol = inspector("train", planted, "--features", "texture", "--json").json["validation"]["protocol"]
    assert "The labels lie in 72 groups, none of them on both sides of a fold." in protocol


@pytest.mark.parametrize(
    ("pattern", "sentence"), [("coil(", "is no regular expression"), ("coil(9)", "matches no path")]
)
def test_a_pattern_that_can_not_be_used(imported, inspector, pattern, sentence):
    assert sentence in inspector("groups", imported, "--pattern", pattern).error

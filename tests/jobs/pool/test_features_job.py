"""inspector.jobs.pool.features: what is measured on a pool, and when it is measured anew."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inspector.jobs.labelling.suggest import suggest
from inspector.jobs.pool.features import texture_blocks
from inspector.jobs.pool.pool import fill_pool, open_cache
from inspector.jobs.training.train import MODEL_FILE, train
from inspector.jobs.training.training import TrainRequest
from inspector.project import Project
from models.features.texture import TextureSpectrum
from models.prediction.model_file import load_classifier
from models.stages import returned

CPU = torch.device("cpu")


def texture_of(project: Project, *, first: int | None = None) -> TextureSpectrum:
    """The texture spectrum that the project's features are made by, asked for by the first images alone."""
    with open_cache(project) as cache:
        pool = returned(fill_pool(project, cache))
        pool = replace(pool, image_ids=pool.image_ids[:first], hashes=pool.hashes[:first])
        part, blocks = returned(texture_blocks(project, pool, CPU))
    assert {len(values) for values in blocks.values()} == {len(pool.hashes)}
    return part


def same(one: TextureSpectrum, other: TextureSpectrum) -> bool:
    return one.standardiser == other.standardiser and all(
        torch.equal(one.deviations[size], other.deviations[size]) for size in one.deviations | other.deviations
    )


def hold_out(project: Project) -> list[int]:
    project.hold_out(0.5, seed=0)
    return [image_id for image_id, part in project.split().items() if part == "test"]


def fresh(project: Project, folder: Path) -> Project:
    """A copy of the project that has computed nothing yet."""
    copy = Project.open(shutil.copytree(project.folder, folder))
    shutil.rmtree(copy.cache_folder, ignore_errors=True)
    return copy


def test_images_kept_for_judging_no_longer_shape_the_texture(labelled, tmp_path):
    before = texture_of(labelled)
    hold_out(labelled)
    held_back = texture_of(labelled)
    assert not same(before, held_back)
    with fresh(labelled, tmp_path / "fresh") as other:
        assert same(held_back, texture_of(other))


def test_a_part_of_the_images_is_read_as_all_of_them_are(labelled):
    assert same(texture_of(labelled, first=5), texture_of(labelled))


def test_statistics_stay_until_the_project_has_twice_as_many_images(tmp_path, labelled):
    folders = sorted({image.path.parent for image in labelled.images()})
    with Project.create(tmp_path / "p") as project:
        list(project.import_folders(folders[:2]))
        two = texture_of(project)
        list(project.import_folders(folders[2:4]))
        assert same(two, texture_of(project))
        list(project.import_folders(folders[4:]))
        assert not same(two, texture_of(project))


@pytest.mark.parametrize("images", [2, 10])
def test_the_statistics_of_many_images_are_those_of_some(labelled, monkeypatch, tmp_path, images):
    everything = texture_of(labelled)
    monkeypatch.setattr("inspector.jobs.pool.features.STATISTICS_IMAGES", images)
    with fresh(labelled, tmp_path / "one") as one, fresh(labelled, tmp_path / "other") as other:
        some = texture_of(one)
        assert not same(everything, some)
        assert same(some, texture_of(other, first=5))


def test_what_was_asked_before_changes_no_model(imported, tmp_path):
    list(suggest(imported, count=3, device="cpu"))
    imported.label_from_folders()
    hold_out(imported)
    answers = []
    with fresh(imported, tmp_path / "fresh") as other:
        for project in (imported, other):
            *_, finished = train(project, TrainRequest(features="texture", device="cpu"))
            classifier = load_classifier(project.run(finished.run).folder / MODEL_FILE, device="cpu")
            with open_cache(project) as cache:
                pixels = cache.gather([image.content_hash for image in project.images()])
            answers.append(classifier.probabilities(pixels))
    np.testing.assert_array_equal(*answers)

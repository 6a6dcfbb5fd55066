"""Folders that can't be an experiment: one sentence each, and nothing is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from inspector.jobs.experiment import ExperimentRequest, experiment


@pytest.fixture
def refusal(tmp_path, known_error) -> Callable[..., str]:
    """Why an experiment is refused; it has made no folder."""

    def refuse(folder, out=None) -> str:
        out = out or tmp_path / "out"
        was_there = out.exists()
        text = known_error(experiment(ExperimentRequest(folder, out)))
        assert out.exists() == was_there
        return text

    return refuse


def test_a_folder_that_is_not_there(tmp_path, refusal):
    assert "there is no such folder" in refusal(tmp_path / "none")


def test_no_class_folders(class_folders, refusal):
    assert "at least two; no folder with images lies in it" in refusal(class_folders / "crazing")


def test_a_single_class(class_folders, tmp_path, refusal):
    shutil.copytree(class_folders / "crazing", tmp_path / "images" / "crazing")
    assert "only crazing lies in it" in refusal(tmp_path / "images")


def test_a_class_of_few_images(class_folders, tmp_path, refusal):
    shutil.copytree(class_folders, tmp_path / "images")
    for image in sorted((tmp_path / "images" / "patches").iterdir())[4:]:
        image.unlink()
    assert refusal(tmp_path / "images").startswith("Each class needs at least 5 images, but patches has 4")


@pytest.mark.parametrize("other", ["Patches", " patches", "PATCHES "])
def test_two_folders_of_one_class(class_folders, tmp_path, refusal, other):
    shutil.copytree(class_folders, tmp_path / "images")
    try:
        shutil.copytree(class_folders / "crazing", tmp_path / "images" / other)
    except FileExistsError:
        pytest.skip("this file system has one name for both")
    text = refusal(tmp_path / "images")
    assert "are one class" in text
    assert repr(other) in text


def test_a_folder_that_no_class_can_be_called(class_folders, tmp_path, refusal):
    shutil.copytree(class_folders, tmp_path / "images")
    (tmp_path / "images" / "patches").rename(tmp_path / "images" / ("x" * 81))
    assert "must have 1 to 80 characters" in refusal(tmp_path / "images")


def test_results_among_the_images(class_folders, refusal):
    assert "would mix with the images" in refusal(class_folders, class_folders / "out")


def test_a_folder_of_other_files(class_folders, tmp_path, refusal):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert "holds other files" in refusal(class_folders, tmp_path / "mine")


def test_results_of_another_folder(finished, class_folders, tmp_path, refusal):
    shutil.copytree(class_folders, tmp_path / "images")
    assert "with another folder of images" in refusal(tmp_path / "images", finished.results.parent)


def test_a_damaged_results_file(class_folders, tmp_path, refusal):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.json").write_text("{")
    assert "is damaged or of another version" in refusal(class_folders)

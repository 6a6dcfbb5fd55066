"""What another program changed is told by kind, and nothing else is."""

from __future__ import annotations

import pytest

from inspector.project import Change, Project
from inspector.samples import write_samples


@pytest.fixture
def project(tmp_path):
    """Six images without labels."""
    for _ in write_samples(tmp_path / "images", per_class=1, size=64, seed=1):
        pass
    with Project.create(tmp_path / "project") as made:
        for _ in made.import_folders([tmp_path / "images"]):
            pass
        yield made


def import_others(project):
    others = project.folder.parent / "others"
    for _ in write_samples(others, per_class=1, size=64, seed=2):
        pass
    for _ in project.import_folders([others]):
        pass


def run_and_finish(project):
    with project.start_run("train", {}) as run:
        run.finish({"f1": 1.0})


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        (lambda p: p.set_setting("classifications", [1]), Change()),
        (lambda p: p.label_images({1: "a", 2: "a"}, step="x", source="x"), Change(frozenset({1, 2}), classes=True)),
        (lambda p: p.set_class_colour("old", colour="#112233"), Change(classes=True)),
        (lambda p: p.remove_class("old"), Change(classes=True)),
        (run_and_finish, Change(runs=True)),
        (lambda p: p.assign_split({3: "test"}), Change(splits=True)),
        (lambda p: p.save_near_duplicates({1: 1, 2: 1}), Change(images=True, splits=True)),
        (lambda p: p.set_group_pattern("(crazing|scratches)"), Change(images=True, splits=True)),
        (import_others, Change(images=True, splits=True)),
    ],
)
def test_a_change_is_told_by_its_kind(project, do, expected):
    project.add_class("old")
    before = project.marks()
    do(project)
    assert project.change_between(before, project.marks()) == expected


def test_a_step_taken_back_names_its_images(project):
    project.label_images({1: "a"}, step="x", source="x")
    before = project.marks()
    project.undo()
    assert project.change_between(before, project.marks()) == Change(frozenset({1}))

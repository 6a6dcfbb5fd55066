"""inspector.jobs.experiment.content: what an experiment's images are, and would be, without a change to its project."""

from __future__ import annotations

import os

from inspector.jobs.experiment.content import content_of, content_to_be
from inspector.project import Project
from models.stages import returned


def test_a_copy_that_another_program_holds_ends_nothing(class_folders, tmp_path, monkeypatch):
    with Project.create(tmp_path / "seed-0") as project:
        list(project.import_folders([class_folders]))
    unlink = os.unlink

    def held(path, **options):
        if os.fspath(path).endswith("project.sqlite"):
            raise PermissionError(13, "The process cannot access the file", path)
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", held)
    content = returned(content_to_be(tmp_path / "seed-0", class_folders))
    assert content == content_of(tmp_path / "seed-0", class_folders)

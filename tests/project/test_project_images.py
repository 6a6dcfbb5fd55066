"""Which image a path names, and where an image lies."""

from __future__ import annotations

import pytest

from inspector.project.images import duplicates


def test_paths_of_every_kind_name_their_image(imported, steel, monkeypatch):
    monkeypatch.chdir(steel / "scratches")
    wanted = {
        str(steel / "crazing" / "1.png"): 2,
        str(steel / "patches" / ".." / "crazing" / "1.png"): 2,
        "crazing/2.png": 3,
        ".\\crazing\\3.png": 4,
        "1.png": 6,
        "../scratches/0.png": 9,
    }
    found = imported.image_ids_by_path([*wanted, "nothing.png", ""], base=steel / "patches")
    assert found == wanted


def test_current_folder_comes_last(imported, steel, monkeypatch):
    monkeypatch.chdir(steel / "scratches")
    assert imported.image_ids_by_path(["0.png"]) == {"0.png": 9}
    assert imported.image_ids_by_path(["0.png"], base=steel / "crazing") == {"0.png": 1}


def test_ambiguous_relative_path_names_nothing(imported, steel, picture, importing, tmp_path):
    picture(tmp_path / "more" / "crazing" / "0.png", seed=99)
    importing(imported, tmp_path / "more")
    assert imported.image_ids_by_path(["crazing/0.png"]) == {}
    assert imported.image_ids_by_path(["crazing/0.png"], base=steel) == {"crazing/0.png": 1}


def test_image_path_prefers_a_copy_that_is_there(imported, steel, importing):
    copy = steel / "copy.png"
    copy.write_bytes((steel / "crazing" / "0.png").read_bytes())
    importing(imported, steel)
    (steel / "crazing" / "0.png").unlink()
    assert imported.image_path(1) == copy
    copy.unlink()
    assert imported.image_path(1) == steel / "crazing" / "0.png"


def test_unknown_image_has_no_path(imported):
    with pytest.raises(ValueError, match="no image 99"):
        imported.image_path(99)


def test_image_files_name_every_copy(imported, steel, importing):
    (steel / "copy.png").write_bytes((steel / "crazing" / "0.png").read_bytes())
    importing(imported, steel)
    files = imported.image_files()
    first = imported.images()[0]
    assert files[:2] == [(first.content_hash, first.path), (first.content_hash, steel / "copy.png")]
    assert len(files) == 13
    assert len(duplicates(imported._database)) == 1


def test_source_folders_leave_out_those_below_another(imported, steel, picture, importing, tmp_path):
    picture(tmp_path / "more" / "0.png", seed=99)
    importing(imported, tmp_path / "more")
    importing(imported, steel / "crazing")
    assert imported.source_folders() == sorted([steel, tmp_path / "more"])

"""Labels from folders and files, and to files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog


def test_labels_by_folder_names_are_one_step(page, session, shell):
    page.labels_menu.from_folders.trigger()
    assert len(session.labels) == 36
    assert shell.toasts == ["Labelled 36 images by their folders"]
    shell.undo()
    assert session.labels == {}


def test_labels_go_to_a_file_and_come_from_it(page, session, shell, tmp_path: Path, monkeypatch):
    file = tmp_path / "labels.csv"
    session.label([1, 2], "a")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    page.labels_menu.to_csv.trigger()
    session.label([1, 2], None)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    page.labels_menu.from_csv.trigger()
    assert session.labels == {1: "a", 2: "a"}
    assert shell.toasts == ["Labelled 2 images"]


def test_a_file_that_is_no_label_file_is_refused(page, session, shell, tmp_path: Path):
    file = tmp_path / "labels.csv"
    file.write_text("nothing")
    page.labels_menu.import_csv(file)
    assert "no header path,label" in shell.errors[0]
    assert session.labels == {}


def test_paths_of_no_image_are_named(page, session, shell, tmp_path: Path):
    file = tmp_path / "labels.csv"
    file.write_text(f"path,label\n{session.image(1).path},a\nelsewhere.png,b\n")
    page.labels_menu.import_csv(file)
    assert session.labels == {1: "a"}
    assert "elsewhere.png" in shell.notes[0][1]


def test_a_dialog_that_is_cancelled_changes_nothing(page, session, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    page.labels_menu.from_csv.trigger()
    assert session.labels == {}

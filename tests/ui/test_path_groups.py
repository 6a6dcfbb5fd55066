"""Grouping by path as a user does it: from the menu, through the dialog, to what the window says afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from inspector.project import Project
from inspector.ui.widgets.controls import ElidedLabel
from inspector.ui.window.main_window import MainWindow

FOLDER = "^(.*)/[^/]*$"


@pytest.fixture
def make_bench(qtbot):
    """Opens a project in a window; returns the window's workbench."""
    windows = []

    def make(folder):
        made = MainWindow()
        windows.append(made)
        made.show()
        assert made.open_project(folder, page="images")
        qtbot.waitUntil(made.workbench.is_settled, timeout=60_000)
        return made.workbench

    yield make
    for made in windows:
        made.workbench.jobs.stop_all()
        qtbot.waitUntil(lambda made=made: made.workbench.jobs.current is None, timeout=20_000)
        made.close()
        qtbot.waitUntil(lambda made=made: made.workbench is None, timeout=20_000)
        made.deleteLater()


@pytest.fixture
def bench(make_bench, filled):
    return make_bench(filled.folder)


@pytest.fixture
def dialog(qtbot, bench):
    return opened(qtbot, bench)


def opened(qtbot, bench):
    bench.window().actions_by_key["group_images"].trigger()
    qtbot.waitUntil(lambda: not bench.path_grouping.is_busy)
    return QApplication.activeModalWidget()


def write(qtbot, dialog, pattern):
    """Type a pattern and wait for what it is found to do."""
    dialog.choices.field.selectAll()
    dialog.choices.field.setFocus()
    qtbot.keyClicks(dialog.choices.field, pattern)
    qtbot.waitUntil(lambda: not dialog.is_busy)


def press(qtbot, bench, dialog):
    qtbot.mouseClick(dialog.group_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bench.path_grouping.is_busy)


def notes(bench):
    return {note.key: note for note in bench.banners.notes}


def test_the_menu_opens_it_with_what_is_true_now(dialog):
    assert dialog.windowTitle() == "Group images"
    assert dialog.choices.none.isChecked()
    assert dialog.focusWidget() is dialog.choices.none
    assert not dialog.group_button.isEnabled()
    assert [radio.text() for radio in dialog.choices.offers] == ["Images of one folder"]


def test_what_is_offered_is_applied_and_can_be_taken_back(qtbot, bench, dialog):
    dialog.choices.offers[0].click()
    assert dialog.preview.summary.text() == "6 groups of 6 images each"
    press(qtbot, bench, dialog)
    assert bench.session.project.group_pattern == FOLDER
    note = notes(bench)["path_groups"]
    assert note.text == "36 of 36 images lie in 6 groups; each stays together in every split and fold."
    note.on_action()
    qtbot.waitUntil(lambda: bench.session.project.group_pattern is None and not bench.path_grouping.is_busy)
    assert "grouped by path no more" in notes(bench)["path_groups"].text


def test_it_is_done_from_the_keyboard(qtbot, bench, dialog):
    qtbot.keyClick(dialog.choices.none, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.choices.offers[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.session.project.group_pattern == FOLDER)


def test_cancel_changes_nothing(qtbot, bench, dialog):
    dialog.choices.offers[0].click()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert bench.session.project.group_pattern is None
    assert "path_groups" not in notes(bench)


def test_groups_across_the_split_are_named_and_shown(qtbot, bench, dialog):
    images = {image.path.name: image.id for image in bench.session.images}
    across = {images["crazing_0001.png"]: "test", images["crazing_0002.png"]: "train"}
    bench.session.apply(bench.session.project.assign_split(across))
    dialog.choices.offers[0].click()
    press(qtbot, bench, dialog)
    note = notes(bench)["straddling"]
    assert note.text == "Figures are withheld: 1 group lies on both sides of the split (crazing)."
    note.on_action()
    assert set(bench.page("images").gallery.ids) == set(across)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("coil(", "is no regular expression"),
        ("coil(9)", "matches no path of the project"),
        ("(png)", "puts all 36 images into one group"),
    ],
)
def test_a_pattern_of_ones_own_that_can_not_be_used(qtbot, dialog, pattern, sentence):
    write(qtbot, dialog, pattern)
    assert dialog.choices.own.isChecked()
    assert sentence in dialog.preview.note.text()
    assert not dialog.group_button.isEnabled()


def test_a_pattern_of_ones_own_is_previewed_with_what_it_leaves_out(qtbot, dialog):
    write(qtbot, dialog, r"/(crazing|patches)_\d+")
    assert dialog.preview.summary.text() == "2 groups of 6 images each"
    assert dialog.preview.note.text() == "24 images match nothing and stand alone."
    assert [key.full_text() for key, _, _ in dialog.preview.examples] == ["crazing", "patches", ""]


def test_enter_waits_for_the_preview_of_what_was_just_written(qtbot, bench, dialog):
    dialog.choices.field.setFocus()
    qtbot.keyClicks(dialog.choices.field, r"_(\d+)")
    qtbot.keyClick(dialog.choices.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bench.session.project.group_pattern == r"_(\d+)")


def test_enter_on_a_wrong_pattern_says_so_and_stays(qtbot, bench, dialog):
    qtbot.keyClicks(dialog.choices.field, "coil(")
    qtbot.keyClick(dialog.choices.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "is no regular expression" in dialog.preview.note.text())
    assert dialog.isVisible()


def test_labels_that_lie_in_one_group_are_warned_of(qtbot, bench):
    images = [image.id for image in bench.session.images if image.path.parent.name == "crazing"]
    bench.session.label(images, "crazing")
    dialog = opened(qtbot, bench)
    dialog.choices.offers[0].click()
    assert "All labels of crazing lie in one group" in dialog.preview.note.text()


@pytest.mark.parametrize(("pattern", "radio"), [(FOLDER, "offers"), (r"_(\d+)", "own")])
def test_the_pattern_of_the_project_is_chosen_and_can_be_taken_away(qtbot, bench, pattern, radio):
    bench.session.apply(bench.session.project.set_group_pattern(pattern))
    dialog = opened(qtbot, bench)
    chosen = dialog.choices.offers[0] if radio == "offers" else dialog.choices.own
    assert (dialog.focusWidget(), dialog.choices.field.text()) == (chosen, pattern)
    assert chosen.isChecked()
    dialog.choices.none.click()
    assert dialog.group_button.text() == "Ungroup images"
    press(qtbot, bench, dialog)
    assert bench.session.project.group_pattern is None


def test_the_images_page_leads_to_it_and_shows_the_group(qtbot, bench):
    page = bench.page("images")
    qtbot.mouseClick(page.group_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not bench.path_grouping.is_busy)
    dialog = QApplication.activeModalWidget()
    write(qtbot, dialog, r"_(\d+)")
    press(qtbot, bench, dialog)
    assert "0001" in {text.full_text() for text in page.image_panel.findChildren(ElidedLabel)}


def test_a_project_for_reading_alone_shows_and_refuses(qtbot, make_bench, filled, monkeypatch):
    monkeypatch.setattr(Project, "read_only", property(lambda self: True))
    dialog = opened(qtbot, make_bench(filled.folder))
    dialog.choices.offers[0].click()
    assert dialog.preview.summary.text() == "6 groups of 6 images each"
    assert not dialog.group_button.isEnabled()
    assert "reading alone" in dialog.group_button.toolTip()


def test_a_project_without_images_has_nothing_to_group(make_bench, project):
    bench = make_bench(project.folder)
    bench.window().actions_by_key["group_images"].trigger()
    assert QApplication.activeModalWidget() is None
    assert "no images to group yet" in bench.banners.notes[-1].text

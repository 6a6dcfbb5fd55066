"""The Images page through what a user touches."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

from inspector.project import Change, Project
from inspector.ui.icons import icon
from inspector.ui.pages.images.facets import Facet
from inspector.ui.pages.images.image_filter import ImageFilter
from inspector.ui.pages.images.image_menu import copy_paths, image_menu
from inspector.ui.widgets.controls import ICON_GAP_PX
from inspector.ui.widgets.empty_state import EmptyState


def choose(qtbot, page, section, key):
    facets = page.facets
    item = facets.row_of(section, key)
    facets.scrollToItem(item)
    qtbot.mouseClick(facets.viewport(), Qt.MouseButton.LeftButton, pos=facets.visualItemRect(item).center())


def drop(page, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    common = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPointF(5, 5).toPoint(), *common)
    page.dragEnterEvent(entering)
    if entering.isAccepted():
        page.dropEvent(QDropEvent(QPointF(5, 5), *common))
    return entering.isAccepted()


def test_going_through_images_reads_their_settings_once(qtbot, page, monkeypatch):
    reads = []
    read = Project.image_settings.fget
    in_window = threading.current_thread()

    def settings_of(project):
        reads.append(threading.current_thread())
        return read(project)

    monkeypatch.setattr(Project, "image_settings", property(settings_of))
    page.session.refresh(Change(images=True))
    page.gallery.select_ids(page.gallery.ids[:1])
    for _ in range(3):
        qtbot.keyClick(page.gallery, Qt.Key.Key_Right)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Return)
    for _ in range(3):
        qtbot.keyClick(page.full_view.view, Qt.Key.Key_Right)
    assert page.full_view.image_id == page.gallery.ids[6]
    assert reads.count(in_window) == 1
    page.session.refresh(Change(images=True))
    qtbot.keyClick(page.full_view.view, Qt.Key.Key_Right)
    assert reads.count(in_window) == 2


# Empty, one, odd


def test_an_empty_project_says_what_to_do(make_page, empty_session):
    page = make_page(empty_session)
    assert isinstance(page.empty, EmptyState)
    assert page.empty.isVisible()
    assert not page.image_panel.isVisible()
    assert not page.rescan_button.isEnabled()
    assert page.rescan_button.toolTip() == "No folder has been added yet"


def test_the_icon_of_add_folders_has_the_colour_of_its_text(make_page, empty_session):
    page = make_page(empty_session)
    expected = icon("folder-add", token="on-accent", gap_px=ICON_GAP_PX)
    assert page.add_button.icon().pixmap(20, 16).toImage() == expected.pixmap(20, 16).toImage()


def test_one_image_fills_the_panel(qtbot, make_page, single_session):
    page = make_page(single_session)
    assert page.image_panel.image_id == page.gallery.ids[0]
    qtbot.waitUntil(lambda: page.image_panel.view.pixels is not None)


def test_unreadable_files_are_listed_with_their_reason(qtbot, make_page, odd_session):
    page = make_page(odd_session)
    choose(qtbot, page, "show", "unreadable")
    assert page.unreadable.isVisible()
    (row,) = page.unreadable.rows
    assert row[0].endswith("bad.png")
    assert row[1].startswith("is no image")


def test_duplicates_are_found(qtbot, make_page, odd_session):
    page = make_page(odd_session)
    choose(qtbot, page, "show", "duplicates")
    assert [odd_session.image(i).path.name for i in page.gallery.ids] == ["again.png"]


def test_a_class_without_images_shows_none(qtbot, page, session):
    session.apply(session.project.add_class("Rust"))
    choose(qtbot, page, "class", "Rust")
    assert page.no_match.isVisible()
    qtbot.mouseClick(page.no_match.button, Qt.MouseButton.LeftButton)
    assert len(page.gallery.ids) == 36


# Filters


def test_a_folder_is_chosen_and_let_go(qtbot, page, session):
    folder = str(session.images[0].path.parent)
    choose(qtbot, page, "folder", folder)
    assert len(page.gallery.ids) == 6
    choose(qtbot, page, "folder", folder)
    assert len(page.gallery.ids) == 36


def test_typing_filters_by_name(qtbot, page, session):
    name = session.images[7].path.name
    qtbot.keyClicks(page.toolbar.search, name)
    qtbot.waitUntil(lambda: len(page.gallery.ids) < 36)
    assert {session.image(i).path.name for i in page.gallery.ids} == {name}


def test_escape_clears_the_filters(qtbot, page):
    page.toolbar.search.setText("nothing is called so")
    qtbot.waitUntil(lambda: not page.gallery.ids)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert len(page.gallery.ids) == 36


def test_the_facets_count(page, session):
    session.label([session.images[0].id], "Rust")
    facets = {key: page.facets.row_of("show", key).text(0) for key in ("all", "labelled")}
    assert facets == {"all": "All images", "labelled": "Labelled"}
    spoken = page.facets.row_of("show", "labelled").data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Labelled, 1"


# Labelling


def test_a_key_labels_the_selection(qtbot, page, session, shell):
    session.apply(session.project.add_class("Rust"))
    wanted = page.gallery.ids[:4]
    page.gallery.select_ids(wanted)
    qtbot.keyClick(page.gallery, Qt.Key.Key_1)
    assert session.project.labels() == dict.fromkeys(wanted, "Rust")
    assert shell.toasts == ["Labelled 4 images as Rust"]


def test_a_keyboard_that_types_digits_with_shift_labels_as_well(qtbot, page, session):
    session.apply(session.project.add_class("Rust"))
    wanted = page.gallery.ids[:1]
    page.gallery.select_ids(wanted)
    qtbot.keyClick(page.gallery, "1", Qt.KeyboardModifier.ShiftModifier)
    assert session.labels == dict.fromkeys(wanted, "Rust")


def test_a_held_key_labels_once(page, session, shell):
    session.apply(session.project.add_class("Rust"))
    page.gallery.select_ids(page.gallery.ids[:4])
    for is_repeated in (False, True, True):
        QApplication.sendEvent(
            page.gallery,
            QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", is_repeated),
        )
    assert len(session.labels) == 4
    assert shell.toasts == ["Labelled 4 images as Rust"]


def test_undo_takes_the_labels_back(qtbot, page, session, shell):
    session.apply(session.project.add_class("Rust"))
    page.gallery.select_ids(page.gallery.ids[:2])
    qtbot.keyClick(page.gallery, Qt.Key.Key_1)
    shell.undo()
    assert session.labels == {}


def test_delete_removes_labels(qtbot, page, session, shell):
    ids = page.gallery.ids[:1]
    session.label(ids, "Rust")
    page.gallery.select_ids(ids)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Delete)
    assert session.labels == {}
    assert shell.toasts == []


def test_a_new_class_is_named_in_place(qtbot, page, session):
    page.gallery.select_ids(page.gallery.ids[:1])
    qtbot.keyClick(page.gallery, Qt.Key.Key_N)
    editor = page.commands.class_editor
    qtbot.keyClicks(editor, "Edge crack")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert list(session.labels.values()) == ["Edge crack"]


def test_labelled_images_leave_the_unlabelled(qtbot, page, session):
    choose(qtbot, page, "show", "unlabelled")
    first = page.gallery.ids[0]
    page.gallery.select_ids([first])
    session.label([first], "Rust")
    assert first not in page.gallery.ids
    assert len(page.gallery.ids) == 35


def test_the_menu_has_the_classes_and_says_why_not(page, session):
    session.apply(session.project.add_class("Rust & dirt"))
    nothing = lambda *_: None  # noqa: E731
    menu = image_menu(
        page,
        session,
        page.gallery.ids[:2],
        on_label=nothing,
        on_new_class=nothing,
        on_similar=nothing,
        on_open=nothing,
    )
    texts = [action.text() for action in menu.actions()]
    assert "Copy paths" in texts
    labels = menu.actions()[0].menu()
    assert labels.actions()[0].text() == "Rust && dirt\t1"
    similar = menu.actions()[1]
    assert not similar.isEnabled()
    assert similar.toolTip() == "Similar images can be found once suggestions are prepared"


def test_paths_are_copied_one_a_line(page, session):
    copy_paths([session.images[0].path, session.images[1].path])
    assert QApplication.clipboard().text().splitlines() == [str(image.path) for image in session.images[:2]]


# Similar, full size, report


def test_similar_images_alone(qtbot, page, session):
    order = [image.id for image in session.images]
    session.set_basis(SimpleNamespace(similar=lambda image_id, count: order[5:9], image_ids=order))
    page.gallery.select_ids(order[:1])
    qtbot.keyClick(page.gallery, Qt.Key.Key_S)
    assert page.gallery.ids == [order[0], *order[5:9]]
    qtbot.mouseClick(page.toolbar.similar_button, Qt.MouseButton.LeftButton)
    assert len(page.gallery.ids) == 36


def test_similar_images_need_a_basis(qtbot, page, shell):
    page.gallery.select_ids(page.gallery.ids[:1])
    qtbot.keyClick(page.gallery, Qt.Key.Key_S)
    assert shell.notes == [("info", "Similar images can be found once suggestions are prepared.")]


def test_enter_shows_pixels_and_escape_leads_back(qtbot, page):
    page.gallery.select_ids(page.gallery.ids[3:4])
    with qtbot.waitSignal(page.full_view.view.loaded):
        qtbot.keyClick(page.gallery, Qt.Key.Key_Return)
    assert page.full_view.isVisible()
    qtbot.keyClick(page.full_view.view, Qt.Key.Key_Right)
    assert page.gallery.current_id() == page.gallery.ids[4]
    qtbot.keyClick(page.full_view.view, Qt.Key.Key_Escape)
    assert page.gallery.isVisible()


def test_the_report_opens_and_is_copied(qtbot, make_page, odd_session):
    page = make_page(odd_session)
    page.show_report()
    qtbot.mouseClick(page.report.copy_button, Qt.MouseButton.LeftButton)
    assert "bad.png" in QApplication.clipboard().text()
    qtbot.keyClick(page.report, Qt.Key.Key_Escape)
    assert page.gallery.isVisible()


# Adding


def test_a_dropped_folder_is_imported(qtbot, make_page, empty_session, odd_folder, shell, jobs):
    page = make_page(empty_session)
    with qtbot.waitSignal(page.importing.finished, timeout=20_000):
        assert drop(page, odd_folder)
    assert len(page.gallery.ids) == 2
    assert shell.notes[-1][1].startswith("Read 4 files in ")
    assert shell.prepared == 1


def test_a_dropped_file_brings_its_folder(qtbot, make_page, empty_session, odd_folder):
    page = make_page(empty_session)
    with qtbot.waitSignal(page.importing.finished, timeout=20_000):
        drop(page, odd_folder / "first.png")
    assert len(page.gallery.ids) == 2


def test_a_rescan_finds_new_files(qtbot, make_page, odd_session, odd_folder, samples):
    page = make_page(odd_session)
    (odd_folder / "third.png").write_bytes(sorted(samples.rglob("*.png"))[9].read_bytes())
    with qtbot.waitSignal(page.importing.finished, timeout=20_000):
        page.rescan()
    assert len(page.gallery.ids) == 3


def test_a_folder_without_images_fails_alone(qtbot, make_page, empty_session, tmp_path, jobs):
    page = make_page(empty_session)
    (tmp_path / "nothing").mkdir()
    with qtbot.waitSignal(jobs.ended) as blocker:
        page.open_with([tmp_path / "nothing"])
    assert blocker.args[1].outcome == "failed"
    assert page.empty.isVisible()


def test_one_image_is_opened_among_all(page, session):
    page.filter_by_name("no such name")
    page.open_with(session.images[5].id)
    assert page.gallery.selected_ids() == [session.images[5].id]
    assert len(page.gallery.ids) == 36


def test_a_filter_is_opened(page, session):
    session.label([session.images[2].id], "crazing")
    page.open_with(ImageFilter(class_name="crazing"))
    assert page.gallery.ids == [session.images[2].id]


@pytest.mark.parametrize("payload", [None, [], "text", -1])
def test_other_payloads_are_ignored(page, payload):
    page.open_with(payload)
    assert len(page.gallery.ids) == 36


@pytest.fixture
def filtered(qtbot, page, session):
    """The page with a class of two images alone, beside one of one image and one without."""
    session.label([image.id for image in session.images[:2]], "crazing")
    session.label([session.images[2].id], "patches")
    session.apply(session.project.add_class("scratches"))
    choose(qtbot, page, "class", "crazing")
    return page


def test_a_class_that_is_shown_alone_is_so_under_its_new_name(filtered, session):
    session.refresh(session.project.rename_class("crazing", new_name="cracks"))
    assert filtered.facets.is_chosen(Facet("class", "cracks", "cracks", 2))
    assert len(filtered.gallery.ids) == 2


def test_a_class_that_is_shown_alone_becomes_part_of_another(filtered, session):
    session.apply(session.project.merge_class("crazing", into="patches"))
    assert filtered.filter.class_name == "patches"
    assert len(filtered.gallery.ids) == 3
    session.undo()
    assert len(filtered.gallery.ids) == 1


def test_all_images_are_shown_once_the_class_that_was_shown_alone_is_gone(qtbot, filtered, session):
    choose(qtbot, filtered, "class", "scratches")
    assert filtered.gallery.ids == []
    session.apply(session.project.remove_class("scratches"))
    assert filtered.filter.is_open
    assert len(filtered.gallery.ids) == 36
    assert filtered.gallery.isVisible()

"""The context menu of the gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from inspector.ui.pages.images.bulk_labels import READ_ONLY, add_class_actions
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import menu_icon

NO_BASIS = "Similar images can be found once suggestions are prepared"


def image_menu(
    parent: QWidget,
    session: Session,
    ids: Sequence[int],
    *,
    on_label: Callable[[str | None], object],
    on_new_class: Callable[[], object],
    on_similar: Callable[[], object],
    on_open: Callable[[], object],
) -> QMenu:
    """What can be done with the selected images; the first of them stands for them where one alone is meant."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    labels = menu.addMenu(menu_icon("label"), "Label as…")
    add_class_actions(labels, session, on_label, on_new_class)
    labels.menuAction().setToolTip(READ_ONLY if session.read_only else "")
    similar = menu.addAction(menu_icon("similar"), "Find similar\tS", on_similar)
    similar.setEnabled(session.basis is not None)
    similar.setToolTip("" if session.basis is not None else NO_BASIS)
    menu.addSeparator()
    menu.addAction(menu_icon("fit"), "Open at full size\tEnter", on_open)
    paths = [session.image(image_id).path for image_id in ids]
    menu.addAction(menu_icon("folder"), "Show in folder", lambda: show_in_folder(paths[0]))
    menu.addAction("Copy path" if len(paths) == 1 else "Copy paths", lambda: copy_paths(paths))
    return menu


def show_in_folder(path: Path) -> None:
    """Open the folder of a file in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def copy_paths(paths: Sequence[Path]) -> None:
    """Put paths on the clipboard, one a line."""
    QApplication.clipboard().setText("\n".join(map(str, paths)))

"""The Images page: facets at the left, the gallery in the middle, the image in hand at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMargins, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from inspector.project import Change, ImportFinished
from inspector.ui.background.jobs import JobQueue
from inspector.ui.dropped import dropped_folders
from inspector.ui.pages.images.bulk_labels import READ_ONLY
from inspector.ui.pages.images.facet_list import FacetList
from inspector.ui.pages.images.facets import facet_sections
from inspector.ui.pages.images.folder_import import FolderImport
from inspector.ui.pages.images.folder_tree import FolderNode, folder_tree
from inspector.ui.pages.images.full_view import FullView
from inspector.ui.pages.images.gallery_toolbar import GalleryToolbar
from inspector.ui.pages.images.image_filter import ImageFilter, ImageIndex, LabelState, matching
from inspector.ui.pages.images.image_menu import NO_BASIS
from inspector.ui.pages.images.import_report import import_report, import_sentence
from inspector.ui.pages.images.report_view import ReportView
from inspector.ui.pages.images.selection_commands import SelectionCommands
from inspector.ui.pages.images.text_table import TextTable
from inspector.ui.pages.images.unusual_scores import UnusualScores
from inspector.ui.pages.page import Page, Shell
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.state.settings import settings
from inspector.ui.widgets.controls import button, column, line, pane, row, set_enabled
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.gallery import Gallery
from inspector.ui.widgets.image_panel import ImagePanel
from inspector.ui.wording import count

FACETS_PX, LINK_MARGIN_PX = 184, 6
SIMILAR = 60
TYPING_MS = 120  # after the last letter of a search
TILE_SETTING, FOLDER_SETTING = "images/tile_px", "last_folder"


class ImagesPage(Page):
    """What the project holds: to be found, looked at, labelled in bulk, and added to."""

    key = "images"
    title = "Images"
    icon_name = "images"

    def __init__(self, session: Session, jobs: JobQueue, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__(session, jobs, thumbnails, shell)
        self.filter = ImageFilter()
        self._index = ImageIndex([])
        self._folders: tuple[FolderNode, ...] = ()
        self._source_folders: list[Path] = []
        self._unreadable: tuple[tuple[str, str], ...] = ()
        self.importing = FolderImport(session, jobs, self)
        self.importing.finished.connect(self._on_imported)
        self.rescan_button = button("Rescan folders", self.rescan, tooltip="Rescan folders (F5)")
        self.add_button = button("Add folders…", self.add_folders, kind="primary", icon_name="folder-add")
        self.add_header_widget(self.rescan_button)
        self.add_header_widget(self.add_button)
        self.unusual = UnusualScores(session, self)
        self.facets = FacetList(session)
        self.group_button = button(
            "Group images…", lambda: self.shell.group_images(), kind="link", tooltip="Keep images of one coil together"
        )
        self.toolbar = GalleryToolbar()
        self.gallery = Gallery(session, thumbnails)
        self.full_view = FullView(session, thumbnails)
        self.report = ReportView()
        self.unreadable = TextTable(["File", "Reason"], widths_px=[420], name="Unreadable files")
        self.empty = EmptyState(
            "images",
            "No images yet. Nothing you add is moved or changed.",
            "Add folders…",
            self.add_folders,
            primary=False,
        )
        self.no_match = EmptyState(
            "filter", "No image matches these filters.", "Clear filters", self.clear_filters, primary=False
        )
        self._search_timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self.image_panel = ImagePanel(session, thumbnails)
        self.panel.addWidget(self.image_panel)
        self.commands = SelectionCommands(
            self, session, shell, selected=self._selected, on_similar=self.show_similar, on_opened=self._on_opened
        )
        self._fill_middle()
        self._connect()
        self.setAcceptDrops(True)

    # What the window asks

    def add_folders(self) -> None:
        """Let the user choose a folder and import it."""
        folder = QFileDialog.getExistingDirectory(self, "Choose a folder of images", settings.text(FOLDER_SETTING))
        if folder:
            settings.set(FOLDER_SETTING, folder)
            self.import_folders([Path(folder)])

    def import_folders(self, folders: Sequence[Path]) -> None:
        """Import folders in the background."""
        self.importing.start(folders)
        self._show_buttons()

    def rescan(self) -> None:
        """Import again what was imported, to find what has been added or changed."""
        folders = self.session.project.source_folders()
        if folders and not self.importing.is_under_way:
            self.import_folders(folders)

    def open_with(self, payload: object) -> None:
        """Folders to import, images (ids) to show alone, one image (id) to select among all, or an ImageFilter."""
        if isinstance(payload, ImageFilter):
            self._apply(payload)
        elif isinstance(payload, int) and payload in self.session.row_of:
            self._on_image_requested(payload)
        elif isinstance(payload, (list, tuple)) and payload:
            if isinstance(payload[0], Path):
                self.import_folders(payload)
            else:
                self._show_among("these images", payload)

    def clear_filters(self) -> None:
        """Show all images again."""
        self.toolbar.search.clear()
        self.toolbar.show_similar_to("")
        self._apply(ImageFilter(order=self.filter.order))

    def toggle_heat(self) -> None:
        """Over the image at full size; from the gallery that opens first."""
        if self._stack.currentWidget() is self.full_view:
            self.full_view.heat.toggle()
        elif self._stack.currentWidget() is self._browser and (current := self.gallery.current_id()) is not None:
            self.full_view.heat.set_on(True)
            self._on_opened(current)

    # The page

    def on_first_shown(self) -> None:
        """Take in the images."""
        self.toolbar.slider.setValue(settings.integer(TILE_SETTING, self.gallery.tile_px))
        self._take_images()
        self._show_orders()
        if self.gallery.ids:
            self.gallery.select_ids(self.gallery.ids[:1])

    def on_shown(self) -> None:
        """The keys belong to the gallery."""
        self._show_buttons()
        self.unusual.start()
        self.gallery.setFocus()

    def on_left(self) -> None:
        """Nothing is read for a page that is not seen."""
        self.unusual.stop()

    def on_changed(self, change: Change) -> None:
        """Take in what has changed; labels alone do not move images about unless the filter asks for them."""
        before = self.filter
        if change.classes:
            self.filter = before.with_classes(self.session.classes, self.session.project.names_today)
        if change.images:
            self._take_images()
            return
        self._show_facets()
        by_label = self.filter.show in ("labelled", "unlabelled") or self.filter.class_name is not None
        if self.filter != before or (change.labels and by_label):
            self._show_matching()
        self._show_sentence()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The commands' keys; Escape clears the filters."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear_filters()
        elif not self.commands.take_key(event, self._editor_place()):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Folders and files may be dropped."""
        if dropped_folders(event.mimeData()) and not self.session.read_only:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Import the folders, and those in which dropped files lie."""
        event.acceptProposedAction()
        self.import_folders([Path(folder) for folder in dropped_folders(event.mimeData())])

    def _fill_middle(self) -> None:
        browser = column(self.toolbar, spacing=0)
        framed = QWidget()
        framed.setLayout(row(self.gallery, margins=(9, 0, 0, 0)))
        self._shown = QStackedWidget()
        for widget in (framed, self.no_match, self.unreadable):
            self._shown.addWidget(widget)
        browser.addWidget(self._shown, 1)
        self._browser = pane(browser)
        self._stack = QStackedWidget()
        for widget in (self._browser, self.full_view, self.report):
            self._stack.addWidget(widget)
        content = QWidget()
        link = row(self.group_button, None, margins=(LINK_MARGIN_PX, 6, 0, 6))
        left = pane(column(self.facets, line(), link, spacing=0), ground="window")
        left.setFixedWidth(FACETS_PX)
        content.setLayout(row(left, line(vertical=True), self._stack, spacing=0))
        content.layout().setStretch(2, 1)
        self._whole = QStackedWidget()
        self._whole.addWidget(content)
        self._whole.addWidget(self.empty)
        self.middle.addWidget(self._whole, 1)

    def _connect(self) -> None:
        self.unusual.changed.connect(self._on_unusual_changed)
        self.facets.chosen.connect(self._on_facet_chosen)
        self.toolbar.text_changed.connect(lambda _text: self._search_timer.start())
        self._search_timer.timeout.connect(lambda: self.filter_by_name(self.toolbar.search.text()))
        self.toolbar.order_chosen.connect(lambda order: self._apply(replace(self.filter, order=order)))
        self.toolbar.tile_px_changed.connect(self._on_tile_px_changed)
        self.toolbar.label_requested.connect(self._on_label_requested)
        self.toolbar.similar_requested.connect(self.commands.find_similar)
        self.toolbar.similar_left.connect(self._on_similar_left)
        self.gallery.selection_changed.connect(self._show_selection)
        self.gallery.current_changed.connect(lambda _id: self._show_selection())
        self.gallery.activated_id.connect(self._on_opened)
        self.gallery.tile_px_changed.connect(self.toolbar.slider.setValue)
        self.gallery.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.gallery.customContextMenuRequested.connect(self._on_menu_requested)
        self.full_view.left.connect(self._show_gallery)
        self.full_view.image_changed.connect(lambda image_id: self.gallery.select_ids([image_id]))
        self.report.closed.connect(self._show_gallery)
        self.image_panel.similar_requested.connect(self.show_similar)
        self.image_panel.image_requested.connect(self._on_image_requested)
        self.jobs.changed.connect(self._show_buttons)

    # Showing

    def _take_images(self) -> None:
        self._index = ImageIndex(self.session.images)
        self._folders = folder_tree(dict(zip(self._index.folders, self._index.folder_sizes.tolist(), strict=True)))
        self._source_folders = self.session.project.source_folders()
        self._unreadable = tuple((str(file.path), file.reason) for file in self.session.project.unreadable())
        self.unreadable.set_rows(self._unreadable)
        has_files = bool(self.session.images or self._unreadable)
        self._whole.setCurrentIndex(0 if has_files else 1)
        self.image_panel.setVisible(has_files)
        self._show_facets()
        self._show_matching()
        self._show_sentence()
        self._show_buttons()

    def _apply(self, wanted: ImageFilter) -> None:
        self.filter = wanted
        self._show_facets()
        self._show_matching()
        self._show_gallery()

    def _show_matching(self) -> None:
        session = self.session
        duplicates = session.duplicate_ids if self.filter.show == "duplicates" else frozenset()
        unusual = self.unusual.by_image() if self.filter.order == "unusual" else {}
        near = session.near_duplicates if self.filter.show == "near_duplicates" else {}
        state = LabelState(session.labels, session.classes, duplicates, session.guesses, unusual, near)
        ids = matching(self._index, self.filter, state)
        self.gallery.set_ids(ids)
        shown = self.unreadable if self.filter.show == "unreadable" and self._unreadable else None
        self._shown.setCurrentWidget(shown or (self._shown.widget(0) if ids else self.no_match))
        self._show_selection()

    def _show_orders(self) -> None:
        self.toolbar.set_order_enabled("unusual", self.unusual.reason)

    def _show_facets(self) -> None:
        session = self.session
        self.facets.set_sections(
            facet_sections(
                images=len(session.images),
                labelled=len(session.labels),
                duplicates=len(session.duplicate_ids),
                near_duplicates=len(session.near_duplicates),
                unreadable=len(self._unreadable),
                folders=self._folders,
                classes=session.label_counts(),
            )
        )
        chosen = {"show": self.filter.show, "folder": self.filter.folder, "class": self.filter.class_name}
        self.facets.set_chosen({section: key for section, key in chosen.items() if key})

    def _show_sentence(self) -> None:
        images = len(self.session.images)
        folders = len(self._source_folders)
        labelled = f", {len(self.session.labels):,} labelled" if self.session.labels else ""
        self.set_sentence(f"{count(images, 'image')} in {count(folders, 'folder')}{labelled}" if images else "")

    def _show_selection(self) -> None:
        selected = self.gallery.selected_ids()
        self.toolbar.show_counts(shown=len(self.gallery.ids), selected=len(selected))
        current = self.gallery.current_id()
        shown = current if current in selected else selected[0] if selected else None
        if shown is None:
            self.image_panel.clear()
            return
        place = f"{selected.index(shown) + 1:,} of {len(selected):,}" if len(selected) > 1 else ""
        self.image_panel.show_image_id(shown, place)

    def _show_buttons(self) -> None:
        reason = READ_ONLY if self.session.read_only else ""
        set_enabled(self.add_button, reason)
        set_enabled(self.empty.button, reason)
        if not reason:
            reason = "An import is under way" if self.importing.is_under_way else ""
        if not reason and not self.session.images:
            reason = "No folder has been added yet"
        set_enabled(self.rescan_button, reason)

    def _show_gallery(self) -> None:
        self._stack.setCurrentWidget(self._browser)

    # What a user does

    def show_similar(self, image_id: int) -> None:
        """Show an image and those most like it alone."""
        basis = self.session.basis
        if basis is None:
            self.shell.notify(f"{NO_BASIS}.")
            return
        name = self.session.image(image_id).path.name
        self._show_among(name, (image_id, *basis.similar(image_id, SIMILAR)))

    def filter_by_name(self, text: str) -> None:
        """Show the images whose file name contains a text alone, besides what is filtered already."""
        self._apply(replace(self.filter, text=text))

    def show_report(self) -> None:
        """Show what the imports found."""
        self.report.show_report(import_report(self.session.project, self.session.images))
        self._stack.setCurrentWidget(self.report)
        self.report.close_button.setFocus()

    def _show_among(self, name: str, ids: Sequence[int]) -> None:
        self.toolbar.show_similar_to(name)
        self._apply(ImageFilter(order=self.filter.order, among=tuple(ids)))
        self.gallery.select_ids(ids[:1])

    def _selected(self) -> list[int]:
        """What is labelled and searched by, the image in hand first; in the full view the one shown there."""
        if self._stack.currentWidget() is self.full_view and self.full_view.image_id is not None:
            return [self.full_view.image_id]
        selected, current = self.gallery.selected_ids(), self.gallery.current_id()
        if current in selected:
            return [current, *(image_id for image_id in selected if image_id != current)]
        return selected

    def _editor_place(self) -> QRect:
        """Where the name of a new class is typed: over the toolbar."""
        return QRect(self._stack.mapTo(self, QPoint(12, 6)), self.toolbar.size().shrunkBy(QMargins(12, 6, 12, 6)))

    def _on_unusual_changed(self) -> None:
        self._show_orders()
        if self.filter.order == "unusual":
            self._show_matching()

    def _on_facet_chosen(self, section: str, key: str) -> None:
        field = {"show": "show", "folder": "folder", "class": "class_name"}[section]
        self.toolbar.show_similar_to("")
        self._apply(replace(self.filter, among=None, **{field: key or None}))

    def _on_tile_px_changed(self, tile_px: int) -> None:
        self.gallery.set_tile_px(tile_px)
        settings.set(TILE_SETTING, tile_px)

    def _on_label_requested(self) -> None:
        below = QPoint(0, self.toolbar.label_button.height())
        self.commands.show_label_menu(self.toolbar.label_button.mapToGlobal(below), self._editor_place())

    def _on_similar_left(self) -> None:
        self.toolbar.show_similar_to("")
        self._apply(replace(self.filter, among=None))

    def _on_image_requested(self, image_id: int) -> None:
        if image_id not in self.gallery.ids:
            self.clear_filters()
        self.gallery.select_ids([image_id])

    def _on_opened(self, image_id: int) -> None:
        self.full_view.show_image_id(image_id, self.gallery.ids)
        self._stack.setCurrentWidget(self.full_view)
        self.full_view.view.setFocus()

    def _on_menu_requested(self, point: QPoint) -> None:
        self.commands.show_menu(self.gallery.viewport().mapToGlobal(point), self._editor_place())

    def _on_imported(self, finished: ImportFinished) -> None:
        self.shell.notify(import_sentence(finished), action="Show report", on_action=self.show_report)
        self.shell.prepare()

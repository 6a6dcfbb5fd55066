"""Labels off the map: draw around points, look at their images, label them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QWidget

from inspector.project import Change
from inspector.ui.pages.label.class_keys import ClassKeys
from inspector.ui.pages.label.label_keys import LabelKeys
from inspector.ui.pages.label.lasso_list import LassoList
from inspector.ui.pages.page import Shell
from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import ElidedLabel, Segmented, column, icon_button, label, line, pane, row
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.map_section import COLOURINGS
from inspector.ui.widgets.map_view import MapView
from inspector.ui.wording import count

TOOLS = (("lasso", "Lasso"), ("pan", "Pan"))
NO_MAP = "The map is drawn once suggestions are prepared."


class MapMode(QWidget):
    """`class_chosen` and `class_named` say what the ticked images of the lasso are."""

    class_chosen = Signal(str)
    class_named = Signal(str)
    image_activated = Signal(int)

    def __init__(self, session: Session, thumbnails: Thumbnails, shell: Shell) -> None:
        super().__init__()
        self._session = session
        self._shown_ids: np.ndarray | None = None
        self._has_points = False
        self.map = MapView(session, thumbnails)
        self.setFocusProxy(self.map)
        self.lasso_list = LassoList(session, thumbnails)
        self.class_keys = ClassKeys(session, shell)
        self._tool = Segmented(TOOLS, name="Tool", small=True)
        self._colouring = Segmented(COLOURINGS, name="Colour by", small=True)
        self._guesses = QCheckBox("Guesses")
        self._guesses.setChecked(True)
        self._said = ElidedLabel(size_px=12, tone="text2")
        fit = icon_button("fit", "Show the whole map", self.map.fit, kind="small-icon")
        tools = row(self._tool, 4, label("Colour by", tone="text2"), self._colouring, 4, self._guesses)
        tools.addWidget(self._said, 1)
        tools.addWidget(fit)
        tools.setContentsMargins(16, 8, 16, 8)
        drawn = column(tools, self.map, column(self.class_keys, margins=(16, 8, 16, 10)), spacing=0)
        drawn.setStretch(1, 1)
        self._stack = QStackedWidget()
        self.empty_state = EmptyState("images", NO_MAP, "Prepare suggestions", shell.prepare)
        self._stack.addWidget(self.empty_state)
        self._stack.addWidget(pane(drawn))
        whole = row(self._stack, line(vertical=True), self.lasso_list, spacing=0)
        whole.setStretch(0, 3)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._keys: LabelKeys | None = None
        self._connect()
        self.map.set_tool("lasso")
        self._show_map()

    @property
    def selected_ids(self) -> list[int]:
        """What a class key would label: the ticked images of the lasso."""
        return self.lasso_list.ticked_ids

    def set_commands(self, commands: Mapping[str, Callable[[], object]]) -> None:
        """What the keys of the label page do here."""
        self._keys = LabelKeys(self._session, commands, self.class_chosen.emit, self)
        self._keys.watch(self.lasso_list.gallery)

    def label_as_shown(self) -> None:
        """What the list's button says."""
        if self.lasso_list.label_button.isEnabled():
            self.lasso_list.label_button.click()

    def choose_lasso(self) -> None:
        """Draw again."""
        self._tool.choose("lasso")
        self.map.set_tool("lasso")

    def clear(self) -> None:
        """Nothing is chosen any more."""
        self.map.clear_selection()
        self.lasso_list.show_images(())

    def refresh(self, change: Change) -> None:
        """Images that are gone leave the list; its button follows the name of its class."""
        if change.images:
            self.clear()
        elif change.classes:
            self.lasso_list.follow_classes()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Label what is ticked."""
        if self._keys is None or not self._keys.take(event):
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._tool.chosen.connect(self.map.set_tool)
        self._colouring.chosen.connect(self.map.set_colouring)
        self._guesses.toggled.connect(self.map.show_guesses)
        self.map.lassoed.connect(self.lasso_list.show_images)
        self.map.activated.connect(self.image_activated)
        self.lasso_list.class_chosen.connect(self.class_chosen)
        self.lasso_list.name_wanted.connect(self.class_keys.ask_for_name)
        self.lasso_list.cleared.connect(self.clear)
        self.class_keys.chosen.connect(self.class_chosen)
        self.class_keys.named.connect(self.class_named)
        self.class_keys.left.connect(self.map.setFocus)
        self._session.map_moved.connect(self._show_map)
        self._session.guesses_changed.connect(self._show_map_of_other_basis)

    def _show_map_of_other_basis(self) -> None:
        basis = self._session.basis
        if basis is None or basis.points is None or basis.image_ids is not self._shown_ids:
            self._show_map()

    def _show_map(self) -> None:
        basis = self._session.basis
        self._shown_ids = None if basis is None or basis.points is None else basis.image_ids
        self._stack.setCurrentIndex(1 if self._shown_ids is not None else 0)
        if basis is not None and basis.points is not None:
            self._said.setText(count(len(basis.image_ids), "image"))
            self._said.setToolTip(f"By {basis.description}")
            self.map.set_points(basis.image_ids, basis.points, animate=self._has_points)
            self._has_points = True

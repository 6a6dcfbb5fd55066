"""The side bar: which project, the six pages in the order of the work, the device, and the small tools."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QToolButton

from inspector.ui.page_names import PAGES, TITLES
from inspector.ui.state.page_states import PageState
from inspector.ui.widgets.controls import ElidedLabel, column, icon_button, line, row
from inspector.ui.widgets.elided_button import ElidedButton
from inspector.ui.widgets.side_bar_button import ICON_CENTRE_PX, SideBarButton

WIDE_PX, NARROW_PX = 204, 56
HEAD_PADDING_PX = 12  # to the text of the project's button
TOOL_PX, SMALL_TOOL_PX = 28, 24  # as high and wide as the style sheet makes them
TOOLS = {
    "settings": ("settings", "Settings"),
    "log": ("log", "Log"),
    "shortcuts": ("keyboard", "Shortcuts (?)"),
}


class SideBar(QFrame):
    """`page_chosen` carries the page that was clicked, `tool_chosen` 'settings', 'log', 'shortcuts' or 'about'."""

    page_chosen = Signal(str)
    tool_chosen = Signal(str)

    def __init__(self, project_name: str, folder: str, menu: QMenu) -> None:
        super().__init__()
        self.setProperty("pane", "side")
        self.setAccessibleName("Pages")
        self._name = ElidedButton(project_name)
        self._name.setProperty("kind", "flat")
        self._name.setProperty("project", "true")
        self._name.setMenu(menu)
        self._name.setAccessibleName(f"Project {project_name}")
        self._folder = ElidedLabel(folder, size_px=11, tone="text3", middle=True)
        self._folder.setContentsMargins(HEAD_PADDING_PX, 0, 0, 0)
        self._device = ElidedLabel("", size_px=12, tone="text3")
        self._chip = icon_button("chip", "Device that computes", kind="small-icon")
        self._chip.setEnabled(False)
        keeps_room = self._chip.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)  # until it is known what computes
        self._chip.setSizePolicy(keeps_room)
        self._chip.hide()
        self._group = QButtonGroup(self)
        self._buttons: dict[str, SideBarButton] = {}
        self._head = column(self._name, self._folder, margins=(2, 8, 8, 0), spacing=0)
        left = Qt.AlignmentFlag.AlignLeft
        self._head.setAlignment(self._name, left)
        layout = column(self._head, 8, spacing=0)
        for number, page in enumerate(PAGES, start=1):
            made = SideBarButton(page, TITLES[page], f"Ctrl+{number}", is_last=page == PAGES[-1])
            made.clicked.connect(lambda _checked=False, page=page: self.page_chosen.emit(page))
            self._group.addButton(made)
            self._buttons[page] = made
            layout.addWidget(made)
        layout.addStretch(1)
        self._computes = row(self._chip, self._device, spacing=4)
        self._computes.setStretch(1, 1)
        self._computes.setAlignment(self._chip, left)
        layout.addLayout(self._computes)
        layout.addWidget(line())
        self._tools = [self._tool(key) for key in TOOLS]
        self._about = self._question()
        self._foot = row(*self._tools, None, self._about, spacing=4)
        layout.addLayout(self._foot)
        self.setLayout(layout)
        self.set_narrow(False)

    @property
    def is_narrow(self) -> bool:
        """Whether only icons are shown."""
        return self.width() == NARROW_PX or self.maximumWidth() == NARROW_PX

    def set_narrow(self, is_narrow: bool) -> None:
        """Icons alone, or all."""
        self.setFixedWidth(NARROW_PX if is_narrow else WIDE_PX)
        for widget in (self._name, self._folder, self._device, *self._tools[1:], self._about):
            widget.setVisible(not is_narrow)
        for made in self._buttons.values():
            made.set_narrow(is_narrow)
        centre_px = NARROW_PX // 2 if is_narrow else ICON_CENTRE_PX  # chip and tools stand below the pages' icons
        self._computes.setContentsMargins(centre_px - SMALL_TOOL_PX // 2, 0, 8, 6)
        self._foot.setContentsMargins(centre_px - TOOL_PX // 2, 4, 8, 4)

    def set_page(self, page: str) -> None:
        """Mark the page that is shown."""
        self._buttons[page].setChecked(True)

    def set_states(self, states: dict[str, PageState]) -> None:
        """Show the state of every page."""
        for page, state in states.items():
            self._buttons[page].set_state(state)

    def set_device(self, text: str) -> None:
        """Say what computes."""
        self._device.setText(text)
        self._chip.setToolTip(f"Computes on {text}")
        self._chip.setVisible(bool(text))

    def page_button(self, page: str) -> SideBarButton:
        """The button of a page."""
        return self._buttons[page]

    def _tool(self, key: str) -> QToolButton:
        icon_name, name = TOOLS[key]
        return icon_button(icon_name, name, lambda: self.tool_chosen.emit(key))

    def _question(self) -> QToolButton:
        made = QToolButton()
        made.setText("?")
        made.setProperty("kind", "flat-icon")
        made.setToolTip("About Inspector")
        made.setAccessibleName("About Inspector")
        made.setIconSize(QSize(16, 16))
        made.clicked.connect(lambda: self.tool_chosen.emit("about"))
        return made

"""Sections of things that can be shown, each with its count: a click chooses, a second click lets go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from inspector.ui.icons import pixmap
from inspector.ui.pages.images.facets import Facet, FacetSection
from inspector.ui.state.session import Session
from inspector.ui.theme import font, theme
from inspector.ui.widgets.class_badge import DENSE_BADGE_PX, paint_badge
from inspector.ui.widgets.controls import follow_theme

ROW_PX, HEADING_PX = 26, 28
MARGIN_PX, ICON_PX, GAP_PX = 12, 16, 6
INDENT_PX = 14
FACET_ROLE = Qt.ItemDataRole.UserRole
ALWAYS_CHOSEN = "show"  # the section of which one row is always chosen


class FacetList(QTreeWidget):
    """`chosen` carries the section and the key of what is to be shown, an empty key where a choice was taken back."""

    chosen = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._chosen: dict[str, str] = {}
        self._shape: list[object] = []
        self.setAccessibleName("What to show")
        self.setProperty("pane", "window")
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(INDENT_PX)
        self.setRootIsDecorated(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_FacetDelegate(self, session))
        self.itemClicked.connect(lambda item, _column: self._choose(item))
        follow_theme(self, self.viewport().update)

    def set_sections(self, sections: Sequence[FacetSection]) -> None:
        """Show these rows; where only counts are others, the tree stays as it was unfolded."""
        shape = [_shape(section) for section in sections]
        if shape != self._shape:
            self._shape = shape
            self._build(sections)
        for item, facet in zip(self._rows(), _all_facets(sections), strict=True):
            item.setData(0, FACET_ROLE, facet)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{facet.text}, {facet.count:,}")

    def set_chosen(self, chosen: Mapping[str, str]) -> None:
        """Mark what is shown: the key by section."""
        self._chosen = dict(chosen)
        self.viewport().update()

    def is_chosen(self, facet: Facet) -> bool:
        """Whether a row is marked."""
        return self._chosen.get(facet.section) == facet.key

    def row_of(self, section: str, key: str) -> QTreeWidgetItem:
        """The row that stands for a key; KeyError if there is none."""
        for item in self._rows():
            facet: Facet = item.data(0, FACET_ROLE)
            if (facet.section, facet.key) == (section, key):
                return item
        raise KeyError(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter and Space choose."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and item is not None:
            self._choose(item)
        else:
            super().keyPressEvent(event)

    def _build(self, sections: Sequence[FacetSection]) -> None:
        folded = {self._key(item) for item in self._rows() if item.childCount() and not item.isExpanded()}
        known = {self._key(item) for item in self._rows()}
        self.clear()
        for section in sections:
            heading = QTreeWidgetItem(self, [section.title])
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            heading.setFirstColumnSpanned(True)
            for facet in section.facets:
                self._add(self.invisibleRootItem(), facet)
        for item in self._rows():
            is_top = item.parent() is None
            item.setExpanded(self._key(item) not in folded if self._key(item) in known else is_top)

    def _add(self, parent: QTreeWidgetItem, facet: Facet) -> None:
        item = QTreeWidgetItem(parent, [facet.text])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.setData(0, FACET_ROLE, facet)
        item.setToolTip(0, facet.key if facet.section == "folder" else facet.text)
        for child in facet.children:
            self._add(item, child)

    def _rows(self) -> Iterator[QTreeWidgetItem]:
        """All rows but the headings, from top to bottom."""
        for i in range(self.topLevelItemCount()):
            yield from _below(self.topLevelItem(i))

    def _key(self, item: QTreeWidgetItem) -> tuple[str, str]:
        facet: Facet = item.data(0, FACET_ROLE)
        return facet.section, facet.key

    def _choose(self, item: QTreeWidgetItem) -> None:
        facet: Facet | None = item.data(0, FACET_ROLE)
        if facet is None:
            return
        takes_back = self.is_chosen(facet) and facet.section != ALWAYS_CHOSEN
        self.chosen.emit(facet.section, "" if takes_back else facet.key)


class _FacetDelegate(QStyledItemDelegate):
    def __init__(self, facets: FacetList, session: Session) -> None:
        super().__init__(facets)
        self._facets, self._session = facets, session

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(0, HEADING_PX if index.data(FACET_ROLE) is None else ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        facet: Facet | None = index.data(FACET_ROLE)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        whole = QRect(0, rect.top(), self._facets.viewport().width(), rect.height())
        painter.save()
        if facet is None:
            painter.setFont(font(12))
            painter.setPen(theme.colour("text3"))
            painter.drawText(whole.adjusted(MARGIN_PX, 4, 0, 0), _MIDDLE_LEFT, index.data())
        else:
            self._paint_ground(painter, whole, facet, option.state)  # type: ignore[attr-defined]
            self._paint_facet(painter, rect, facet)
        painter.restore()

    def _paint_ground(self, painter: QPainter, whole: QRect, facet: Facet, state: QStyle.StateFlag) -> None:
        if self._facets.is_chosen(facet):
            painter.fillRect(whole, theme.colour("tint"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(whole, theme.colour("hover"))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.colour("accent"))
            painter.drawRect(whole.adjusted(0, 0, -1, -1))

    def _paint_facet(self, painter: QPainter, rect: QRect, facet: Facet) -> None:
        right = self._facets.viewport().width() - MARGIN_PX
        left = rect.left() if facet.section == "folder" else MARGIN_PX
        middle = rect.top() + (rect.height() - ICON_PX) // 2
        if facet.icon_name:
            painter.drawPixmap(left, middle, pixmap(facet.icon_name, size_px=ICON_PX, token="text2"))
        else:
            badge = QRectF(left, middle, DENSE_BADGE_PX, DENSE_BADGE_PX)
            paint_badge(painter, badge, self._session.mark(facet.key))
        painter.setFont(font(13))
        metrics = painter.fontMetrics()
        count = f"{facet.count:,}"
        room = QRect(left + ICON_PX + GAP_PX, rect.top(), 0, rect.height())
        room.setRight(right - metrics.horizontalAdvance(count) - GAP_PX)
        painter.setPen(theme.colour("text"))
        painter.drawText(room, _MIDDLE_LEFT, metrics.elidedText(facet.text, Qt.TextElideMode.ElideMiddle, room.width()))
        painter.setPen(theme.colour("text2"))
        painter.drawText(QRect(0, rect.top(), right, rect.height()), _MIDDLE_RIGHT, count)


_MIDDLE_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_MIDDLE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _below(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    if item.data(0, FACET_ROLE) is not None:
        yield item
    for i in range(item.childCount()):
        yield from _below(item.child(i))


def _all_facets(sections: Sequence[FacetSection]) -> Iterator[Facet]:
    for section in sections:
        for facet in section.facets:
            yield from _with_children(facet)


def _with_children(facet: Facet) -> Iterator[Facet]:
    yield facet
    for child in facet.children:
        yield from _with_children(child)


def _shape(section: FacetSection) -> object:
    """All but the counts."""
    return section.title, [(facet.section, facet.key, facet.text) for facet in _all_facets([section])]

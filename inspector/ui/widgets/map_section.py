"""The map as a part of a page: its title, what it is coloured by, the map."""

from __future__ import annotations

import numpy as np

from inspector.ui.pictures.thumbnails import Thumbnails
from inspector.ui.state.session import Session
from inspector.ui.widgets.controls import Segmented
from inspector.ui.widgets.map_view import MapView
from inspector.ui.widgets.section import Section

COLOURINGS = (("class", "Class"), ("folder", "Folder"))


class MapSection(Section):
    """Shows the session's map until a run brings another; hidden while there are no points."""

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        shown, colouring = MapView(session, thumbnails), Segmented(COLOURINGS, name="Colour by", small=True)
        super().__init__("Map", shown, colouring)
        self.map, self.colouring = shown, colouring
        self._session = session
        self._is_of_run = False
        self.colouring.chosen.connect(self.map.set_colouring)
        session.guesses_changed.connect(self._show_basis)
        session.map_moved.connect(self._show_basis)
        if not self._draws_basis():  # shown with its page otherwise: without a parent it would be a window of its own
            self.hide()

    def show_run(self, image_ids: np.ndarray, points: np.ndarray, epoch: int | None) -> None:
        """The layout (n, 2) of images (n,) as a run sees them."""
        self.set_caption("" if epoch is None else f"epoch {epoch}")
        self.map.set_points(image_ids, points, animate=self._is_of_run)
        self._is_of_run = True
        self.show()

    def show_project(self) -> None:
        """The project's own map again."""
        self._is_of_run = False
        self._show_basis()

    def _show_basis(self) -> None:
        if self._draws_basis():
            self.show()

    def _draws_basis(self) -> bool:
        """Draw the session's map; whether there is one, and no run shows its own."""
        basis = self._session.basis
        if self._is_of_run or basis is None or basis.points is None:
            return False
        self.set_caption(basis.description)
        self.map.set_points(basis.image_ids, basis.points, animate=False)
        return True

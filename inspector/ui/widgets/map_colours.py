"""Which colour, shape and strength each point of a map has. Knows no widget."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor

from inspector.ui.state.session import SYMBOLS, Session
from inspector.ui.theme import theme
from resources import palette

MAX_FOLDERS = 12


@dataclass(frozen=True, eq=False)
class PointLooks:
    """For n points: `colours` (n, 3) float32, `symbols` (n,) indices of SYMBOLS, `labelled` (n,), `names` (n,)."""

    colours: np.ndarray
    symbols: np.ndarray
    labelled: np.ndarray
    names: list[str]


def by_class(session: Session, image_ids: np.ndarray, *, with_guesses: bool) -> PointLooks:
    """Labels solid; guesses, where wanted, in their class's colour; others neutral."""
    names = _guessed(session, image_ids) if with_guesses else [""] * len(image_ids)
    labelled = np.zeros(len(image_ids), dtype=bool)
    for row, image_id in enumerate(image_ids.tolist()):
        name = session.labels.get(image_id)
        if name is not None:
            names[row], labelled[row] = name, True
    marks = {name: session.mark(name) for name in set(names) if name}
    table = {name: (_rgb(mark.colour), SYMBOLS.index(mark.symbol)) for name, mark in marks.items()}
    table[""] = (_rgb(theme.colour("control")), 0)
    colours = np.array([table[name][0] for name in names], dtype=np.float32).reshape(-1, 3)
    symbols = np.array([table[name][1] for name in names], dtype=np.int64)
    return PointLooks(colours, symbols, labelled, names)


def by_folder(session: Session, image_ids: np.ndarray) -> PointLooks:
    """The commonest folders by class colours, the rest neutral."""
    folders = [str(session.image(i).path.parent) if i in session.row_of else "" for i in image_ids.tolist()]
    common = [folder for folder, _ in Counter(folders).most_common(MAX_FOLDERS)]
    shades = [_rgb(theme.class_colour(colour)) for colour in palette.LIGHT.classes]
    neutral = _rgb(theme.colour("control"))
    rank = {folder: place for place, folder in enumerate(common)}
    colours = np.array([shades[rank[f]] if f in rank else neutral for f in folders], dtype=np.float32).reshape(-1, 3)
    symbols = np.array([rank.get(folder, 0) % len(SYMBOLS) for folder in folders], dtype=np.int64)
    return PointLooks(colours, symbols, _labelled(session, image_ids), [""] * len(image_ids))


def _guessed(session: Session, image_ids: np.ndarray) -> list[str]:
    guesses = session.guesses
    if guesses is None:
        return [""] * len(image_ids)
    best, _ = guesses.best()
    if np.array_equal(guesses.image_ids, image_ids):
        return [guesses.classes[k] for k in best.tolist()]
    by_id = dict(zip(guesses.image_ids.tolist(), best.tolist(), strict=True))
    return [guesses.classes[by_id[i]] if i in by_id else "" for i in image_ids.tolist()]


def _labelled(session: Session, image_ids: np.ndarray) -> np.ndarray:
    return np.array([i in session.labels for i in image_ids.tolist()], dtype=bool)


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()

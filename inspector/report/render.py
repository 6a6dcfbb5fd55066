"""Figures as files and as inline SVG."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.report.style import plot_style
from models.storage.files import write_atomically
from resources.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PNG_DOTS_PER_INCH = 144

THEMED = {
    colour.lower(): f"var(--{name}, {colour.lower()})"
    for name, colour in LIGHT.variables().items()
    if (name in LIGHT.tokens and name != "surface") or re.fullmatch(r"class-\d+", name)
}
THEMED_COLOUR = re.compile("|".join(THEMED))


def save_png(figure: Figure, path: Path) -> None:
    """Writes `figure` as a PNG on a light ground, replacing `path` only when the picture is whole.

    Raises:
        KnownError: the file cannot be written.
    """
    picture = io.BytesIO()
    _save(figure, picture, format="png", dpi=PNG_DOTS_PER_INCH, facecolor=LIGHT.tokens["surface"])
    write_atomically(path, picture.getvalue())


def to_svg(figure: Figure) -> str:
    """`figure` as an <svg> element to stand inside an HTML page, on no ground of its own.

    Text stays text, escaped. Colours of the theme become CSS variables (`--text`, `--class-1`, ...) with the light
    theme's colour for a page that defines none. Nothing outside the element is referred to.
    """
    document = io.StringIO()
    _save(figure, document, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    element = document.getvalue()
    element = element[element.index("<svg") :]
    return re.sub(r"<[^<>]+>", lambda tag: _inline_tag(tag.group()), element).strip()


def _inline_tag(tag: str) -> str:
    """A tag as HTML has it: no namespaces, and no group ids, which would repeat in a page of several figures."""
    tag = re.sub(r' xmlns(:\w+)?="[^"]*"', "", tag).replace("xlink:href=", "href=")
    if tag.startswith("<g "):
        tag = re.sub(r' id="[^"]*"', "", tag)
    return THEMED_COLOUR.sub(lambda colour: THEMED[colour.group()], tag)


def _save(figure: Figure, target: io.IOBase, **options: Any) -> None:
    with plot_style(), _boxes_for_missing_letters():
        figure.savefig(target, **options)


@contextmanager
def _boxes_for_missing_letters() -> Iterator[None]:
    """A class name in a script without an installed font shows boxes in a PNG; the page's SVG shows it whole."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font", category=UserWarning)
        yield

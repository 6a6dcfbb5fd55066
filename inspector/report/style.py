"""What all pictures of a report share: type, lines, colours, names. The only place that sets Matplotlib's options."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec

from resources.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")

MARKERS = ("o", "s", "^", "D")
RAMP_TOP = 6
EMBER_FULL_SHARE = 0.35  # of a class's images; the root below shows even two errors in sixty

# Tried in this order for each character, where installed, so that class names in other scripts show.
FONTS = (
    *("Inter", "Segoe UI", "DejaVu Sans", "Noto Sans", "Arial"),
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "PingFang SC"),
)


@contextmanager
def plot_style() -> Iterator[None]:
    """Matplotlib options of the report, for both drawing and saving."""
    import matplotlib

    tokens = LIGHT.tokens
    options = {
        "font.family": _installed_fonts(),
        "font.size": 9,
        "text.color": tokens["text"],
        "text.parse_math": False,  # a class name with two dollar signs is no formula
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "axes.edgecolor": tokens["control"],
        "axes.labelcolor": tokens["text3"],
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.titlesize": 9,
        "grid.color": tokens["grid"],
        "grid.linewidth": 0.8,
        "xtick.color": tokens["text3"],
        "ytick.color": tokens["text3"],
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "lines.linewidth": 1.4,
        "svg.fonttype": "none",
        "svg.hashsalt": "report",  # the same figure gives the same file
    }
    with matplotlib.rc_context(options):
        yield


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorator of a function that draws a figure: Matplotlib reads most options when a part is made."""

    @functools.wraps(draw)
    def draw_in_style(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with plot_style():
            return draw(*args, **kwargs)

    return draw_in_style


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches, bound to no window."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def class_look(index: int) -> dict[str, Any]:
    """Colour and marker of the class at `index`, as keywords of Matplotlib."""
    count = len(LIGHT.classes)
    return {"color": LIGHT.classes[index % count], "marker": MARKERS[(index + index // count) % len(MARKERS)]}


def cell_shade(count: int, *, support: int, right: bool) -> tuple[str, int] | None:
    """Ramp and step of a cell of the confusion matrix, such as ('steel', 6); None for an empty one."""
    if not count:
        return None
    share = count / support
    if right:
        return "steel", round(RAMP_TOP * share)
    return "ember", round(RAMP_TOP * min(1.0, (share / EMBER_FULL_SHARE) ** 0.5))


def short_name(name: str, *, limit: int = 26) -> str:
    """A name of at most `limit` characters, elided in the middle; bytes that are no text are written out."""
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(name) <= limit:
        return name
    half = limit // 2
    return f"{name[:half]}…{name[1 - half :]}"


def mark_share_axis(axes: Axes, axis: str) -> None:
    """Lets the x or y axis of `axes` run over the proportions 0 to 1, with room for a marker at either end."""
    limits, ticks = (-0.02, 1.02), (0, 0.25, 0.5, 0.75, 1)
    labels = ("0", "0.25", "0.50", "0.75", "1")
    axes.set(**{f"{axis}lim": limits})
    getattr(axes, f"set_{axis}ticks")(ticks, labels)


@functools.cache
def _installed_fonts() -> list[str]:
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    return [name for name in FONTS if name in installed]

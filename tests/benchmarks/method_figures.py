"""Write what the window and the README say of methods and presets, from experiments that were run.

    python tests/benchmarks/method_figures.py DIR... [--images NEU] [--keep] [--no-minutes]

DIR is an `--out` of `inspector experiment`, one for each preset, or several that measured other methods of it; a
stopped one counts as far as it is. Writes resources/method_figures.json and the table of presets in README.md; a test
sees to it that the two agree. With --keep, what is there of other presets, devices and methods stays.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from experiment_figures import figures_of, together, with_other_methods
from presets_table import in_document, presets_table

from inspector.jobs.experiment.store import RESULTS_NAME
from inspector.jobs.pretraining.method_figures import FILE_NAME, measured_presets

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Read, write, and say what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="*", metavar="DIR")
    parser.add_argument("--images", default="NEU", help="what the folder of images is called")
    parser.add_argument("--keep", action="store_true", help="figures of other presets, devices and methods stay")
    parser.add_argument("--no-minutes", action="store_true", help="other programs ran beside: minutes say nothing")
    arguments = parser.parse_args()
    path, readme = ROOT / "resources" / FILE_NAME, ROOT / "README.md"
    before = json.loads(path.read_text(encoding="utf-8")) if arguments.keep and path.exists() else []
    made = {(kept["preset"], kept["device"]): kept for kept in before}
    by_preset: dict[str, dict] = {}
    for folder in arguments.out:
        stored = json.loads((folder / RESULTS_NAME).read_text(encoding="utf-8"))
        preset = stored["experiment"]["plan"]["preset"]
        by_preset[preset] = together(by_preset[preset], stored) if preset in by_preset else stored
    for stored in by_preset.values():
        figures = figures_of(stored, images=arguments.images)
        if arguments.no_minutes:
            figures["minutes"] = {}
        key = (figures["preset"], figures["device"])
        made[key] = with_other_methods(figures, made[key]) if key in made else figures
        print(f"preset {figures['preset']} on {figures['device']}: {', '.join(figures['accuracy'])}")
    path.write_text(json.dumps(list(made.values()), indent=1) + "\n", encoding="utf-8")
    table = presets_table(measured_presets())
    readme.write_text(in_document(readme.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()

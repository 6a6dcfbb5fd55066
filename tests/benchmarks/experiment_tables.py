"""Print the tables of experiments as Markdown, as docs/measurements.md holds them.

    python tests/benchmarks/experiment_tables.py DIR...

Each DIR is an `--out` of `inspector experiment`; several are of one preset and the same images, and measured other
methods of it. A stopped one counts as far as it is.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from functools import reduce
from pathlib import Path

from experiment_figures import measured_of, together

from inspector.jobs.experiment.plan import TEXTURE, Row
from inspector.jobs.experiment.store import RESULTS_NAME
from inspector.jobs.experiment.tables import calibration_table, click_table, difference_table, label_table


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="+", metavar="DIR")
    arguments = parser.parse_args()
    measured = measured_of(
        reduce(together, (json.loads((folder / RESULTS_NAME).read_text(encoding="utf-8")) for folder in arguments.out))
    )
    fused = (Row(method, "fused") for method in measured.plan.methods)
    clicked = tuple(row for row in (TEXTURE, *fused) if measured.of("clicks", row, "suggested") is not None)
    measured = replace(measured, plan=replace(measured.plan, clicked=clicked))
    for table in (
        label_table(measured, "accuracy"),
        label_table(measured, "macro_f1"),
        click_table(measured),
        calibration_table(measured),
        difference_table(measured),
    ):
        print(f"\n{table.title}:\n")
        for cells in (table.headers, ["---"] * len(table.headers), *table.rows):
            print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()

"""Generated pictures for the demo, the tests and trying things out. Knows no learning.

`strip`: steel strip with six kinds of defect that fill the picture. `local`: busy surfaces of unequal size, most of
them good, the others with one small defect.
"""

from inspector.samples.local import LOCAL_CLASSES, LOCAL_SHARES, draw_local
from inspector.samples.strip import CLASSES, draw
from inspector.samples.write import local_counts, write_local_samples, write_samples

__all__ = [
    "CLASSES",
    "LOCAL_CLASSES",
    "LOCAL_SHARES",
    "draw",
    "draw_local",
    "local_counts",
    "write_local_samples",
    "write_samples",
]

"""Whether a folder lies on a network drive, where SQLite's write-ahead log can't work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NETWORK_TYPES = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "lustre",
        "fuse.sshfs", "fuse.rclone", "fuse.glusterfs",
    }
)  # fmt: skip
_WINDOWS_DRIVE_REMOTE = 4


def is_network_drive(folder: Path) -> bool:
    """Whether `folder` is known to be on a network drive; False where the system does not tell."""
    if sys.platform == "win32":
        return _is_remote_on_windows(folder)
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return False
    return _file_system(folder, mounts.read_text(encoding="utf-8", errors="surrogateescape")) in _NETWORK_TYPES


def _file_system(folder: Path, mounts: str) -> str:
    """The type of the innermost mount that holds `folder`, given the text of /proc/mounts."""
    target = os.path.realpath(folder)
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        # The last of several mounts on one point is the one in view.
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _is_remote_on_windows(folder: Path) -> bool:
    drive = folder.absolute().drive
    if drive.startswith("\\\\"):
        return True
    import ctypes

    return ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _WINDOWS_DRIVE_REMOTE

"""Telling network drives by the table of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.project import network_drive

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/steel /srv/steel nfs4 rw 0 0
/dev/sdb1 /srv/steel/local ext4 rw 0 0
//server/share /srv/my\\040share cifs rw 0 0
odd line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/project", "ext4"),
        ("/srv/steel", "nfs4"),
        ("/srv/steel/project", "nfs4"),
        ("/srv/steelworks", "ext4"),
        ("/srv/steel/local/project", "ext4"),
        ("/srv/my share/project", "cifs"),
    ],
)
def test_innermost_mount_counts(folder, kind):
    assert network_drive._file_system(Path(folder), MOUNTS) == kind


def test_temporary_folder_is_no_network_drive(tmp_path):
    assert not network_drive.is_network_drive(tmp_path)

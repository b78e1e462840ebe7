"""Show which files are taken to lie on a network file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from batch.edge.network_files import network_file_system

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:30 / /srv/share rw,relatime shared:9 - nfs4 nas:/share rw,vers=4.2
31 30 254:1 / /srv/share/disk rw - ext4 /dev/vdb rw
32 22 0:31 / /mnt/my\\040files rw - cifs //nas/files rw
33 22 0:32 / /mnt/u/remote rw - fuse.sshfs u@host: rw
34 22 0:33 / /over rw - nfs nas:/old rw
35 22 0:34 / /over rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        pytest.param("/var/lib/serialback.db", None, id="root disk"),
        pytest.param("/srv/share/a/serialback.db", "nfs4", id="nfs"),
        pytest.param("/srv/share/disk/serialback.db", None, id="disk mounted inside nfs"),
        pytest.param("/srv/shared/serialback.db", None, id="name that only begins alike"),
        pytest.param("/mnt/my files/serialback.db", "cifs", id="mount with a blank in its name"),
        pytest.param("/mnt/u/remote/serialback.db", "fuse.sshfs", id="ssh"),
        pytest.param("/over/serialback.db", None, id="nfs hidden by a later mount"),
    ],
)
def test_the_deepest_and_latest_mount_decides(file: str, kind: str | None) -> None:
    assert network_file_system(Path(file), MOUNTS) == kind


def test_the_machines_own_mounts_can_be_read(tmp_path: Path) -> None:
    assert network_file_system(tmp_path / "serialback.db") is None

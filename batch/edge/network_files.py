"""Tell whether a file lies on a network file system, where locks cannot be trusted."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")

NETWORK_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smbfs", "smb3", "afs", "ceph", "coda", "glusterfs", "lustre", "beegfs", "gpfs", "ncpfs"}
    | {f"fuse.{name}" for name in ("sshfs", "glusterfs", "ceph", "s3fs", "rclone", "davfs", "curlftpfs", "gcsfuse")}
)


def network_file_system(file: Path, mounts: str | None = None) -> str | None:
    """Return the kind of network file system an absolute path is on; None if it is local or nobody can tell."""
    if mounts is None:
        if not MOUNTS.exists():
            return None
        mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
    depth, kind = -1, ""
    for line in mounts.splitlines():
        place, _, source = line.partition(" - ")
        mount_point = Path(_unescaped(place.split(" ")[4]))
        # Of two mounts at one place the later one hides the earlier.
        if file.is_relative_to(mount_point) and len(mount_point.parts) >= depth:
            depth, kind = len(mount_point.parts), source.split(" ")[0]
    return kind if kind in NETWORK_KINDS else None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)

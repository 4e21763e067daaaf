"""vfs: what is mounted, without the interpreter's own filesystem."""

from _real_vfs import mount, umount

"""Prints the platform, the free memory, whether anything is staged, the hash of the manifest and all that
it lists (`-` without a manifest, `?` where a file is missing), and MicroPython's version: last, because an
unpacked argument has to be last before 1.19."""

from built_ins import os, sys
from hashes import gc, hash_files, short_hash


def exists(path):
    try:
        return os.stat(path) and 1
    except OSError:
        return 0


try:
    listed = [line[11:-1] for line in open("portal.manifest")]
    content = short_hash(hash_files("portal.manifest", *listed))
except (OSError, ValueError):
    content = "-?"[exists("portal.manifest")]
gc.collect()
print(sys.platform, gc.mem_free(), exists("portal.new"), content, *sys.implementation[1][:3])

"""Prints whether the board is as it was left: the hash of its manifest, whether anything is staged, and the
free memory and space. Leaves the functions of hashes.py defined."""

from built_ins import os
from hashes import gc, hash_files, short_hash

gc.collect()
room = os.statvfs("/")
print(
    short_hash(hash_files("portal.manifest")),
    int("portal.new" in os.listdir("/")),
    gc.mem_free(),
    room[0] * room[3],
)

"""Puts staged files into their places, as the board's main.py. Every step may be repeated: after a power
failure the program runs again from its start, until its last line is reached. It holds only what there is
to do, because it travels with each installation."""

import uos as os
from parameters import DONE, EMPTIED, FOLDERS, HAS_FOLDERS, HAS_KEPT, HAS_MAIN_COPY, HAS_PATHS, HAS_REMOVED
from parameters import KEPT, MAIN_COPY, PATHS, REMOVED, REMOVES_MAIN, REPLACED


def kind(path):
    """1 for a file, 2 for a folder, 0 for nothing."""
    try:
        return 1 + (os.stat(path)[0] >> 14 & 1)
    except OSError:
        return 0


def move(source, target):
    """A staged file that is gone has been put into its place before the power failed. A rename replaces
    what has the name: littlefs at once, FAT by a removal of its own (fat_vfs_rename in MicroPython's
    extmod/vfs_fat.c). One that fails for any other reason, such as a full flash, has to leave what is
    there."""
    if kind(source):
        os.rename(source, target)


# Remove files that are no longer needed, then rename other files with the names of new ones.
if HAS_REMOVED:
    for path in REMOVED:
        if kind(path) == 1:
            os.remove(path)
    for path in EMPTIED:
        try:
            os.rmdir(path)
        except OSError:
            pass
if HAS_KEPT:
    folders = FOLDERS
    kept = KEPT
    # A replaced file is renamed just before its successor is moved; a new folder may have replaced a file.
    for path in kept:
        if path not in REPLACED and (kind(path) == 1 or path not in folders):
            move(path, kept[path])
if HAS_FOLDERS:
    for path in FOLDERS:
        if not kind(path):
            os.mkdir(path)
if HAS_MAIN_COPY:
    move("portal.new/k", MAIN_COPY)
if HAS_PATHS:
    for index, path in enumerate(PATHS.split("\n")):
        if HAS_KEPT:
            index = "portal.new/%d" % index
            if kind(index):
                if path in kept:
                    move(path, kept[path])
                move(index, path)
        else:
            move("portal.new/%d" % index, path)
# From here on main.py is not this program any more.
if REMOVES_MAIN:
    if kind("main.py"):
        os.remove("main.py")
else:
    move("portal.new/m", "main.py")
for name in os.listdir("portal.new"):
    os.remove("portal.new/" + name)
os.rmdir("portal.new")
print(DONE, end="")  # a line end would be a line of the log

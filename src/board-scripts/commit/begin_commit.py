"""Makes everything ready and then makes the commit program main.py, by one rename: before it the board
runs what it ran, after it what is new."""

from built_ins import os
from hashes import hash_files
from parameters import COPIES, HAS_COPIES, HAS_MAIN, HAS_MAIN_FOLDER, MAIN, MAIN_FOLDER, PROGRAM

if HAS_COPIES:

    def copy_main(target):
        with open("main.py", "rb") as source:
            with open(target, "wb") as copy:
                while 1:
                    piece = source.read(256)
                    if not piece:
                        break
                    copy.write(piece)
        if hash_files("main.py") != hash_files(target):
            raise OSError(5)

    for name in COPIES:
        copy_main("portal.new/" + name)
if HAS_MAIN:
    os.rename(MAIN, "portal.new/m")
if HAS_MAIN_FOLDER:
    os.rename("main.py", MAIN_FOLDER)
os.rename(PROGRAM, "main.py")

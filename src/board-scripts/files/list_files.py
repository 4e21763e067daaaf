"""Prints all files and folders, each as a JSON list of its path and its size, -1 for a folder.

Names are bytes here: one that is not UTF-8 would end the listing. It is printed so that no file has it.
"""

import ujson as json
import uos as os


def as_text(path):
    try:
        return str(path, "utf8")
    except ValueError:
        return "".join(chr(byte) if byte < 128 else "\\x{:02x}".format(byte) for byte in path)


if not os.statvfs("/")[2]:  # no blocks: without a filesystem the root only looks empty
    raise OSError(19)
folders = [b""]
while folders:
    folder = folders.pop()
    for entry in os.ilistdir(folder or b"/"):
        path = folder + b"/" + entry[0]
        size = -1
        if entry[1] == 0x4000:
            folders.append(path)
        else:
            size = entry[3] if len(entry) > 3 else os.stat(path)[6]
        print(json.dumps([as_text(path[1:]), size]))

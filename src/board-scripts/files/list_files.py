"""Prints all files and folders, each as a JSON list of its path and its size, -1 for a folder."""

import ujson as json
import uos as os

if not os.statvfs("/")[2]:  # no blocks: without a filesystem the root only looks empty
    raise OSError(19)
folders = [""]
while folders:
    folder = folders.pop()
    for entry in os.ilistdir(folder or "/"):
        path = folder + "/" + entry[0]
        size = -1
        if entry[1] == 0x4000:
            folders.append(path)
        else:
            size = entry[3] if len(entry) > 3 else os.stat(path)[6]
        print(json.dumps([path[1:], size]))

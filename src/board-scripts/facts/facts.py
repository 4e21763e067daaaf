"""Prints all that an installation has to know of a board, as JSON."""

import ujson as json
from built_ins import os, sys
from hashes import gc, hash_files, short_hash
from parameters import FOLDERS, HAS_MANIFEST, KNOWN_HASHES


def list_folder(folder):
    """Names, with a slash after that of a folder; a name that is not UTF-8 cannot be a file of esp-portal."""
    names = []
    for entry in os.ilistdir(folder.encode()):
        try:
            names.append(str(entry[0], "utf8") + "/" * (entry[1] >> 14 & 1))
        except ValueError:
            pass
    return names


def machine_without_wifi():
    """The machine's name where it has none, as with an ESP32-H2 and the plain build for an ESP32-P4."""
    if sys.platform == "esp32":
        import network

        if not hasattr(network, "WLAN"):
            return os.uname()[4]
    return ""


def print_facts(names, manifest_facts):
    gc.collect()
    implementation = sys.implementation
    space = os.statvfs("/")
    is_committing = starts_portal = 0
    try:
        for line in open("main.py", "rb"):
            is_committing |= line[:14] == b"#portal.commit"
            starts_portal |= b"CaptivePortal" in line.split(b"#")[0]
    except OSError:
        pass
    mpy = getattr(implementation, "_mpy", getattr(implementation, "mpy", 0))
    takes_binary = hasattr(sys.stdin, "buffer")
    facts = [sys.platform, implementation[1][:3], mpy, gc.mem_free(), space[0], space[3], takes_binary]
    print(
        json.dumps(facts + [machine_without_wifi(), is_committing, starts_portal] + manifest_facts + [names])
    )


root = list_folder("/")
if HAS_MANIFEST:

    def read_manifest(known_hashes, folders, names):
        """Its hash, its text if the computer does not know it, and a letter for the state of each file.
        Adds what lies in further folders to the names, and takes out the files of the manifest."""
        text = digest = states = ""
        if "portal.manifest" in names:
            digest = short_hash(hash_files("portal.manifest"))
            try:
                text = open("portal.manifest").read()
            except ValueError:
                pass
        lines = text.split("\n")[:-1]
        for folder in set(folders + [line[11:].rsplit("/", 1)[0] for line in lines if "/" in line[11:]]):
            try:
                names.extend([folder + "/" + name for name in list_folder(folder)])
            except OSError:
                pass
        for line in lines:
            path = line[11:]
            try:
                states += "=!"[short_hash(hash_files(path)) != line[2:10]]
            except OSError:
                states += "-"
            if path in names:
                names.remove(path)
        return [digest, digest not in known_hashes and text, states]

    print_facts(root, read_manifest(KNOWN_HASHES, FOLDERS, root))
else:
    print_facts(root, ["", "", ""])

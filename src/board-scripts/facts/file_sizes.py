"""Prints names and sizes of the files in the root folder, as JSON; not every filesystem reports sizes."""

import ujson as json
import uos as os

print(
    json.dumps([(entry[0], entry[3]) for entry in os.ilistdir("/") if entry[1] == 0x8000 and len(entry) > 3])
)

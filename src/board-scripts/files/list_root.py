"""Prints the names in the root folder as JSON."""

import ujson as json
import uos as os

print(json.dumps(os.listdir("/")))

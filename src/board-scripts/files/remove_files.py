"""Removes files; one that is not there is no error."""

import uos as os
from parameters import PATHS

for path in PATHS:
    try:
        os.remove(path)
    except OSError as error:
        if error.args[0] != 2:
            raise

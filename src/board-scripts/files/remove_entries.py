"""Removes files, and folders that are empty by then; what is not there is no error."""

import uos as os
from parameters import FILES, FOLDERS

for path in FILES + FOLDERS:
    try:
        (os.rmdir if path in FOLDERS else os.remove)(path)
    except OSError as error:
        if error.args[0] != 2:
            raise

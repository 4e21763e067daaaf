"""Answers with name, type, whether it is required, and choices of each custom field of the form; none where
the board has no such module. With values, stores them and answers whether they are stored."""

from parameters import HAS_VALUES, VALUES
from portal_modules import answer, load

try:
    rows = load("index").described()
    if HAS_VALUES:
        kept = load("kept")
        values = kept.read(rows)
        values.update(VALUES)
        kept.save(values)
        answer(kept.read(()) == values)
    else:
        answer([(row[0], row[2], row[4], row[5]) for row in rows])
except ImportError:
    answer([])

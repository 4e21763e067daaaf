"""Facts about the board; see BoardFacts in interpreter/messages.ts."""

import json
import _board

FACTS = json.loads(_board.facts())
IS_ESP32 = FACTS["chip"] == "esp32"
VERSION = tuple(int(n) for n in FACTS["version"].split("."))
VERSION_TEXT = "v{} on {}".format(FACTS["version"], FACTS["buildDate"])

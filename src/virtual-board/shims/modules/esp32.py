"""esp32: what programs ask of ESP-IDF; there only when the chip is one."""

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True
HEAP_DATA = 4
HEAP_EXEC = 1


def raw_temperature():
    """Fahrenheit, as the classic ESP32 gives it."""
    return 128


def idf_heap_info(capabilities):
    """(total, free, largest free block, least ever free) a region."""
    return [(111168, 61440, 57344, 57344)]


class NVS:
    """Non-volatile storage. Kept while the interpreter runs; a real one outlives power."""

    _spaces = {}

    def __init__(self, namespace):
        self._values = NVS._spaces.setdefault(namespace, {})

    def set_i32(self, key, value):
        self._values[key] = value

    def get_i32(self, key):
        return self._get(key)

    def set_blob(self, key, value):
        self._values[key] = bytes(value)

    def get_blob(self, key, buffer):
        value = self._get(key)
        buffer[: len(value)] = value
        return len(value)

    def _get(self, key):
        if key not in self._values:
            raise OSError(-4354, "ESP_ERR_NVS_NOT_FOUND")
        return self._values[key]

    def erase_key(self, key):
        self._get(key)
        del self._values[key]

    def commit(self):
        pass

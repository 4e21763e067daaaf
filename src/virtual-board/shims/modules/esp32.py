"""esp32: functions of ESP-IDF; only on an ESP32."""

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True
HEAP_DATA = 4
HEAP_EXEC = 1


def raw_temperature():
    """Fahrenheit, as the classic ESP32 gives it."""
    return 128


def idf_heap_info(_capabilities):
    """(total, free, largest free block, least ever free) a region."""
    return [(111168, 61440, 57344, 57344)]


class NVS:
    """Non-volatile storage. Kept while the interpreter runs; on a chip also without power."""

    _spaces = {}

    def __init__(self, _namespace):
        self._values = NVS._spaces.setdefault(_namespace, {})

    def set_i32(self, _key, _value):
        self._values[_key] = _value

    def get_i32(self, _key):
        return self._get(_key)

    def set_blob(self, _key, _value):
        self._values[_key] = bytes(_value)

    def get_blob(self, _key, _buffer):
        value = self._get(_key)
        _buffer[: len(value)] = value
        return len(value)

    def _get(self, key):
        if key not in self._values:
            raise OSError(-4354, "ESP_ERR_NVS_NOT_FOUND")
        return self._values[key]

    def erase_key(self, _key):
        self._get(_key)
        del self._values[_key]

    def commit(self):
        pass

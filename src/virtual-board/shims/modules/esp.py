"""esp: functions of the SDK."""

from _facts import FACTS as _FACTS, IS_ESP32 as _IS_ESP32

_flash_size = _FACTS["flashSizeBytes"]


def flash_size():
    return _flash_size


def flash_user_start():
    if _IS_ESP32:
        return 0x200000
    return 0x100000 if _flash_size >= 0x200000 else 0x98000


if _IS_ESP32:
    LOG_NONE, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_VERBOSE = range(6)

    def osdebug(_uart, _level=1):
        pass

else:
    SLEEP_NONE = 0
    SLEEP_LIGHT = 1
    SLEEP_MODEM = 2

    def osdebug(_uart):
        pass

    def sleep_type(_kind=None):
        return SLEEP_MODEM if _kind is None else None

    def flash_id():
        """Manufacturer 0xEF, type 0x40, capacity as a power of two."""
        capacity = 0
        while 1 << capacity < _flash_size:
            capacity += 1
        return capacity << 16 | 0x40EF

    def check_fw():
        print("size:", 0x98000)
        print("md5: matches")
        return True

    def freemem():
        return 24000

    def meminfo():
        pass

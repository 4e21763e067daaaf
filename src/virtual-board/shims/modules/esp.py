"""esp: what programs ask of the SDK."""

from _facts import FACTS

SLEEP_NONE = 0
SLEEP_LIGHT = 1
SLEEP_MODEM = 2

_flash_size = FACTS["flashSizeBytes"]


def osdebug(uart, level=None):
    pass


def sleep_type(kind=None):
    return SLEEP_MODEM if kind is None else None


def flash_size():
    return _flash_size


def flash_user_start():
    return 0xA5000 if _flash_size >= 0x100000 else 0x80000


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

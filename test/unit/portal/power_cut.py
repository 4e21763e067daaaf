"""A board's files whose power fails at a chosen change: what the commit program is tried on, without a board."""
import builtins
import sys
import uos

ROOT = '/board'


names = {}  # short ones, of what an earlier program of the session has left


class PowerLoss(BaseException):
    pass


class Restart(BaseException):
    pass


class _Power:
    left = 0  # 0: it does not fail


def _change(part=None):
    _Power.left -= 1
    if _Power.left == 0:
        if part:
            part()
        raise PowerLoss()


def _changing(function):
    def call(*args):
        _change()
        return function(*args)

    return call


class _Written:
    """A file that is written, of whose last piece half arrives."""

    def __init__(self, file):
        self._file = file

    def write(self, piece):
        _change(lambda: self._file.write(piece[: len(piece) // 2]))
        return self._file.write(piece)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._file.close()

    close = __exit__


_open = builtins.open


def _counted_open(path, mode='r'):
    if mode[0] == 'r':
        return _open(path, mode)
    _change()
    return _Written(_open(path, mode))


class _Os:
    stat = staticmethod(uos.stat)
    listdir = staticmethod(uos.listdir)
    mkdir = staticmethod(_changing(uos.mkdir))
    rename = staticmethod(_changing(uos.rename))
    remove = staticmethod(_changing(uos.remove))
    rmdir = staticmethod(_changing(uos.rmdir))


class _Machine:
    @staticmethod
    def reset():
        raise Restart()


class _Time:
    @staticmethod
    def sleep_ms(_milliseconds):
        pass


sys.modules.update({'uos': _Os, 'os': _Os, 'machine': _Machine, 'utime': _Time})
builtins.open = _counted_open


def _content(name):
    with _open(name, 'rb') as file:
        return file.read()


def _same(name):
    """Stands for the hash of a file."""
    return _content(name)


def _walk(folder, found):
    for name in uos.listdir(folder):
        path = folder + '/' + name
        if uos.stat(path)[0] & 0x4000:
            found[path[len(ROOT) + 1 :] + '/'] = ''
            _walk(path, found)
        else:
            found[path[len(ROOT) + 1 :]] = _content(path).decode()


def files():
    """Content by path; a folder's path ends with a slash."""
    found = {}
    _walk(ROOT, found)
    return found


def _clear(folder):
    for name in uos.listdir(folder):
        path = folder + '/' + name
        if uos.stat(path)[0] & 0x4000:
            _clear(path)
            uos.rmdir(path)
        else:
            uos.remove(path)


def have(wanted):
    """Puts these files on the board, parents of folders first, in place of those that it has."""
    _clear(ROOT)
    for path in sorted(wanted):
        if path.endswith('/'):
            uos.mkdir(ROOT + '/' + path[:-1])
        else:
            with _open(ROOT + '/' + path, 'wb') as file:
                file.write(wanted[path])
    uos.chdir(ROOT)


def run(code, cut_at=0):
    """@returns how it ended: done, restart or cut"""
    _Power.left = cut_at
    try:
        exec(code, {names['hash_files']: _same, names['os']: _Os})
    except PowerLoss:
        return 'cut'
    except Restart:
        return 'restart'
    return 'done'


def start(cut_at=0):
    """Power comes back."""
    return run(_content(ROOT + '/main.py').decode(), cut_at)


uos.mkdir(ROOT)

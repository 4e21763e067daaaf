"""The board's filesystem over functions of the host; see interpreter/file-functions.ts."""

import io
import json
import _board
from _stream import Stream

_EINVAL = 22
_DIRECTORY = 0x4000


# In sys.path behind the program's own; see host-functions/library.ts. Frames of files in it are not shown.
LIBRARY = "/.board"
_IS_FILE = 0x8000


def _library_module(path):
    return path.startswith("/.board/") and _board.library_module(path[len(LIBRARY) + 1 :])


def exist():
    return "file_open" in dir(_board)


def _checked(result):
    if isinstance(result, int) and result < 0:
        raise OSError(-result)
    return result


class VfsLfs2:
    """Never given a block device: there is one, and it is mounted."""

    def __repr__(self):
        return "<VfsLfs2>"

    def mount(self, _readonly, _mkfs):
        pass

    def umount(self):
        pass

    def open(self, _path, _mode):
        source = _library_module(_path)
        if source:
            return io.BytesIO(source.encode())
        fd = _checked(_board.file_open(_path, _mode))
        return _File(fd, "b" not in _mode)

    def stat(self, _path):
        if _library_module(_path):
            return (_IS_FILE, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        status = json.loads(_checked(_board.path_stat(_path)))
        modified = status["modifiedS"]
        return (status["mode"], 0, 0, 0, 0, 0, status["sizeBytes"], modified, modified, modified)

    def ilistdir(self, _path=""):
        is_text = isinstance(_path, str)
        for name, kind, size in json.loads(_checked(_board.path_list(_path if is_text else _path.decode()))):
            yield (name if is_text else name.encode(), kind, 0, size)

    def rename(self, _old, _new):
        _checked(_board.path_rename(_old, _new))

    def remove(self, _path):
        _checked(_board.path_remove(_path))

    rmdir = remove

    def mkdir(self, _path):
        _checked(_board.path_mkdir(_path))

    def chdir(self, _path):
        _checked(_board.path_chdir(_path))

    def getcwd(self):
        return _board.path_getcwd()

    def statvfs(self, _path):
        size, blocks, free = json.loads(_board.files_space())
        return (size, size, blocks, free, free, 0, 0, 0, 0, 255)


class _File(Stream):
    def __init__(self, fd, is_text):
        self._fd = fd
        self._is_text = is_text

    def _fill(self, view):
        data = self._take(len(view))
        view[: len(data)] = data
        return len(data)

    def _put(self, view):
        return _checked(_board.file_write(self._fd, view))

    def _take(self, size):
        return _checked(_board.file_read(self._fd, size))

    def _characters(self, count):
        out = self._take(count)
        have = sum(1 for b in out if b & 0xC0 != 0x80)
        while out:
            # A character is whole when the next byte starts another one.
            more = self._take(1)
            if not more:
                break
            if more[0] & 0xC0 != 0x80:
                if have == count:
                    self.seek(-1, 1)
                    break
                have += 1
            out += more
        return out

    def read(self, _size=-1):
        if _size is None or _size < 0:
            out = self._take(_checked(_board.file_remaining(self._fd)))
        else:
            out = self._characters(_size) if self._is_text else self._take(_size)
        return str(out, "utf-8") if self._is_text else out

    def readline(self, _size=-1):
        length = _checked(_board.file_line_length(self._fd))
        out = self._take(length if _size < 0 else min(_size, length))
        return str(out, "utf-8") if self._is_text else out

    def seek(self, _offset, _whence=0):
        return _checked(_board.file_seek(self._fd, _offset, _whence))

    def tell(self):
        return self.seek(0, 1)

    def flush(self):
        _checked(_board.file_flush(self._fd))

    def close(self):
        _checked(_board.file_close(self._fd))

    def ioctl(self, request, arg):
        if request == 4:  # MP_STREAM_CLOSE
            self.close()
            return 0
        if request == 1:  # MP_STREAM_FLUSH
            self.flush()
            return 0
        return -_EINVAL

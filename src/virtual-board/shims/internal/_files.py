"""The board's filesystem over functions of the host; see interpreter/file-functions.ts."""

import io
import json
import _board

_EINVAL = 22
_DIRECTORY = 0x4000


def exist():
    return "file_open" in dir(_board)


def _checked(result):
    if isinstance(result, int) and result < 0:
        raise OSError(-result)
    return result


class Files:
    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def open(self, path, mode):
        fd = _checked(_board.file_open(path, mode))
        return _File(fd, "b" not in mode)

    def stat(self, path):
        status = json.loads(_checked(_board.path_stat(path)))
        modified = status["modifiedS"]
        return (status["mode"], 0, 0, 0, 0, 0, status["sizeBytes"], modified, modified, modified)

    def ilistdir(self, path):
        is_text = isinstance(path, str)
        for name, kind, size in json.loads(_checked(_board.path_list(path if is_text else path.decode()))):
            yield (name if is_text else name.encode(), kind, 0, size)

    def rename(self, old, new):
        _checked(_board.path_rename(old, new))

    def remove(self, path):
        _checked(_board.path_remove(path))

    rmdir = remove

    def mkdir(self, path):
        _checked(_board.path_mkdir(path))

    def chdir(self, path):
        _checked(_board.path_chdir(path))

    def getcwd(self):
        return _board.path_getcwd()

    def statvfs(self, path):
        size, blocks, free = json.loads(_board.files_space())
        return (size, size, blocks, free, free, 0, 0, 0, 0, 255)


class _File(io.IOBase):
    def __init__(self, fd, is_text):
        self._fd = fd
        self._is_text = is_text

    def readinto(self, buf):
        data = self._take(len(buf))
        buf[: len(data)] = data
        return len(data)

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

    def read(self, size=-1):
        if size is None or size < 0:
            out = self._take(_checked(_board.file_remaining(self._fd)))
        else:
            out = self._characters(size) if self._is_text else self._take(size)
        return str(out, "utf-8") if self._is_text else out

    def readline(self, size=-1):
        length = _checked(_board.file_line_length(self._fd))
        out = self._take(length if size < 0 else min(size, length))
        return str(out, "utf-8") if self._is_text else out

    def readlines(self):
        return list(self)

    def write(self, data):
        if isinstance(data, str):
            data = data.encode()
        return _checked(_board.file_write(self._fd, data))

    def seek(self, offset, whence=0):
        return _checked(_board.file_seek(self._fd, offset, whence))

    def tell(self):
        return self.seek(0, 1)

    def flush(self):
        _board.file_flush(self._fd)

    def close(self):
        _board.file_close(self._fd)

    def ioctl(self, request, arg):
        if request == 4:  # MP_STREAM_CLOSE
            self.close()
            return 0
        if request == 1:  # MP_STREAM_FLUSH
            self.flush()
            return 0
        return -_EINVAL

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

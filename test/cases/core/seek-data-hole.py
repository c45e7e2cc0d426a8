#!/usr/bin/python3
# lseek(2) finds data and holes as on the host.

from sandboxfs import *

host = host_dir()
with open(host / "file", "wb") as f:
    f.truncate(1 << 20)
    f.seek(256 << 10)
    f.write(b"x" * 4096)
    f.flush()
    os.fsync(f.fileno())


def holes(path):
    found, at = [], 0
    fd = os.open(path, os.O_RDONLY)
    try:
        while True:
            at = os.lseek(fd, at, os.SEEK_DATA)
            found.append(at)
            at = os.lseek(fd, at, os.SEEK_HOLE)
            found.append(at)
    except OSError as e:
        eq(e.errno, ENXIO)
    eq(os.lseek(fd, 0, os.SEEK_END), 1 << 20)
    os.close(fd)
    return found


with Sandboxfs(("ro", "/", host)) as m:
    eq(holes(m / "file"), holes(host / "file"))
    check(len(holes(m / "file")) >= 2, "no data found")

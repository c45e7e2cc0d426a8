#!/usr/bin/python3
# An open file that was removed can still be used in every way.

from sandboxfs import *

host = host_dir()
write(host / "file", "0123456789")
with Sandboxfs(("rw", "/", host)) as m:
    fd = os.open(m / "file", os.O_RDWR)
    ino = os.fstat(fd).st_ino
    os.unlink(m / "file")
    st = os.fstat(fd)
    eq((st.st_nlink, st.st_size, st.st_ino), (0, 10, ino))
    eq(os.pread(fd, 10, 0), b"0123456789")
    os.pwrite(fd, b"abc", 8)
    eq(os.fstat(fd).st_size, 11)
    os.ftruncate(fd, 4)
    eq(os.pread(fd, 10, 0), b"0123")
    os.fchmod(fd, 0o601)
    eq(stat.S_IMODE(os.fstat(fd).st_mode), 0o601)
    os.utime(fd, ns=(1, 2000000000123456789))
    eq(os.fstat(fd).st_mtime_ns, 2000000000123456789)
    os.fchown(fd, os.getuid(), os.getgid())
    again = os.open("/proc/self/fd/%d" % fd, os.O_RDWR)
    eq(os.pread(again, 10, 0), b"0123")
    os.pwrite(again, b"XY", 0)
    eq(os.pread(fd, 10, 0), b"XY23")
    # The name is free for another.
    write(m / "file", "another")
    eq(os.pread(fd, 10, 0), b"XY23")
    check(os.stat(m / "file").st_ino != os.fstat(fd).st_ino)
    os.close(fd)
    eq(os.pread(again, 10, 0), b"XY23")
    os.close(again)

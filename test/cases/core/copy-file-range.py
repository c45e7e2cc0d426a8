#!/usr/bin/python3
# copy_file_range(2) inside the mount, and out of it.

from sandboxfs import *

host = host_dir()
data = os.urandom(300000)
write(host / "a", data)
with Sandboxfs(("rw", "/", host)) as m:
    a = os.open(m / "a", os.O_RDONLY)
    b = os.open(m / "b", os.O_RDWR | os.O_CREAT)
    done = 0
    while done < len(data):
        n = os.copy_file_range(a, b, len(data) - done, done, done)
        check(n > 0, "copied nothing")
        done += n
    eq(os.copy_file_range(a, b, 10, len(data), 0), 0)
    os.copy_file_range(a, b, 10, 100, 0)
    want = data[100:110] + data[10:]
    check(raw(m / "b") == want, "bytes")
    check(raw(host / "b") == want, "bytes on the host")
    # To another file system: the kernel copies through its page cache.
    try:
        c = os.open(tmp / "outside", os.O_RDWR | os.O_CREAT)
        os.copy_file_range(a, c, 5000, 0, 0)
        eq(raw(tmp / "outside"), data[:5000])
    except OSError as e:
        eq(e.errno, EXDEV)

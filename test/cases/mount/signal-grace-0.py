#!/usr/bin/python3
# --grace 0s detaches a busy file system at once.

from sandboxfs import *

host = host_dir()
m = Sandboxfs(("rw", "/", host), flags=["--grace=0s"])
fd = os.open(m / "file", os.O_RDWR | os.O_CREAT)
start = time.monotonic()
m.process.terminate()
m.wait()
check(time.monotonic() - start < 1.5 * slowness, "it took long")
fails((ENOTCONN, ECONNABORTED, EIO), os.fsync, fd)
abandon(fd)

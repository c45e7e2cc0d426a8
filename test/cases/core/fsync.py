#!/usr/bin/python3
# fsync and fdatasync of files and directories, syncfs, sync_file_range.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    with open(m / "file", "w") as f:
        f.write("text")
        f.flush()
        os.fsync(f.fileno())
        os.fdatasync(f.fileno())
        syscall("syncfs", f.fileno())
    fd = os.open(m.path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
    fd = os.open(m / "file", os.O_WRONLY | os.O_SYNC | os.O_APPEND)
    os.write(fd, b"more")
    os.close(fd)
eq(read(host / "file"), "textmore")

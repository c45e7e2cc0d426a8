#!/usr/bin/python3
# A rename between mappings of two host file systems is EXDEV.
# modes: root

from sandboxfs import *

import shutil
import tempfile

host = host_dir()
write(host / "file", "text")
other = Path(tempfile.mkdtemp(dir="/dev/shm"))
try:
    if os.stat(other).st_dev == os.stat(host).st_dev:
        skip("/dev/shm is no other file system")
    with Sandboxfs(("rw", "/a", host), ("rw", "/b", other)) as m:
        fails(EXDEV, os.rename, m / "a/file", m / "b/file")
        # mv then copies.
        run("mv", m / "a/file", m / "b/file")
        eq(read(m / "b/file"), "text")
        fails(ENOENT, os.stat, m / "a/file")
        check(os.stat(m / "a").st_ino != os.stat(m / "b").st_ino)
finally:
    shutil.rmtree(other)

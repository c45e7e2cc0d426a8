#!/usr/bin/python3
# The mount point may be relative, a symbolic link, or hold odd characters.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
(tmp / "real dir").mkdir()
os.symlink("real dir", tmp / "link")
(tmp / "odd\n\t\\ name").mkdir()
for at, real in (("real dir", "real dir"), ("link", "real dir"),
                 ("./link/../link/.", "real dir"),
                 ("odd\n\t\\ name", "odd\n\t\\ name")):
    m = Sandboxfs(("ro", "/", host), at=at, cwd=tmp, wait=False)
    m.path = tmp / real
    m.wait_mounted()
    with m:
        eq(read(m / "file"), "x")

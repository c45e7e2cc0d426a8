#!/usr/bin/python3
# A file made in the view is on the host, and the reverse.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host), flags=["--negative-ttl", "0s"]) as m:
    fails(ENOENT, os.stat, m / "a")
    write(m / "a", "from the view", 0o640)
    eq(read(host / "a"), "from the view")
    eq(stat.S_IMODE(os.stat(host / "a").st_mode), 0o640)
    write(host / "b", "from the host")
    eq(read(m / "b"), "from the host")
    fails(EEXIST, os.open, m / "b", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    write(m / "b", "short")
    eq(read(host / "b"), "short")
    with open(m / "b", "a") as f:
        f.write("er")
    eq(read(host / "b"), "shorter")
    eq(entries(m.path), ["a", "b"])

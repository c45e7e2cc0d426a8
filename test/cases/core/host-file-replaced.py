#!/usr/bin/python3
# A file that is replaced on the host is seen once the time of --ttl is over.

from sandboxfs import *

host = host_dir()
write(host / "file", "old")
with Sandboxfs(("ro", "/", host), flags=["--ttl", "1s"]) as m:
    eq(read(m / "file"), "old")
    write(host / "new", "replaced")
    os.rename(host / "new", host / "file")
    time.sleep(1.2)
    eq(read(m / "file"), "replaced")
    eq(os.stat(m / "file").st_size, 8)

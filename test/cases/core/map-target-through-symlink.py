#!/usr/bin/python3
# The host path of a mapping may lead through symbolic links.

from sandboxfs import *

host = host_dir()
write(host / "real/dir/file", "text")
os.symlink("real", host / "link")
with Sandboxfs(("ro", "/", host / "link/dir")) as m:
    eq(read(m / "file"), "text")

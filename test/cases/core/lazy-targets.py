#!/usr/bin/python3
# With --lazy-targets a mapping's target may be missing: it is ENOENT until
# it comes.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("ro", "/a/file", host / "later"),
               flags=["--lazy-targets", "--ttl", "0s",
                      "--negative-ttl", "0s"]) as m:
    fails(ENOENT, os.stat, m / "a/file")
    write(host / "later", "here")
    eq(read(m / "a/file"), "here")

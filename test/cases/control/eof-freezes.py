#!/usr/bin/python3
# At the end of the input the mappings are frozen and the mount goes on.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/a", host), reconfig=True) as m:
    m.create("s", ("ro", "/b", host))
    m.process.stdin.close()
    wait_for(lambda: "Reached end of reconfiguration input" in m.stderr(),
             "the word on the end of the input")
    eq(read(m / "s/b/file"), "x")
    eq(read(m / "a/file"), "x")

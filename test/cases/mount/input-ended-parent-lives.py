#!/usr/bin/python3
# The end of the input alone ends nothing: the file system goes on while the
# parent lives.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/", host), reconfig=True) as m:
    m.process.stdin.close()
    m.process.stdout.close()
    time.sleep(1)
    eq(read(m / "file"), "x")
    eq(m.process.poll(), None)

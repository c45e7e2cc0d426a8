#!/usr/bin/python3
# With --no-guard a killed daemon leaves a dead mount, and the next one
# there recovers it.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
m = Sandboxfs(("ro", "/", host), flags=["--no-guard"])
m.process.kill()
m.process.wait()
time.sleep(0.3)
check(mount_id(m.path) is not None)
fails(ENOTCONN, os.stat, m.path)
for i in range(2):
    with Sandboxfs(("ro", "/", host), at=m.path) as again:
        eq(read(again / "file"), "x")
        eq(len(mounts_under(again.path)), 1)

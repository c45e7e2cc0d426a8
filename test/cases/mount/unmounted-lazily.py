#!/usr/bin/python3
# Detached by somebody else while in use: served until the last user leaves,
# then status 0.

from sandboxfs import *

host = host_dir()
write(host / "file", "text")
m = Sandboxfs(("ro", "/", host))
f = open(m / "file")
if mode.user == "unprivileged":
    run("fusermount3", "-u", "-z", m.path)
else:
    run("umount", "-l", m.path)
time.sleep(0.3)
eq(m.process.poll(), None)
eq(f.read(), "text")
f.close()
m.expected_status = 0
m.wait()

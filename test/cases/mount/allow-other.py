#!/usr/bin/python3
# --allow other lets everybody in.
# modes: root

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/", host), flags=["--allow=other"]) as m:
    eq(run_as(other_uid, other_gid, lambda: read(m / "file")), None)
    check("allow_other" in open("/proc/self/mountinfo").read().split(
        str(m.path))[1].split("\n")[0])

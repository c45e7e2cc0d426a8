#!/usr/bin/python3
# --transport auto takes io_uring where the kernel has it.
# modes: root once, unprivileged once

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
p = "/sys/module/fuse/parameters/enable_uring"
want = "uring" if os.path.exists(p) and read(p).strip() == "Y" else "dev"
for flags in ([], ["--transport", "auto"]):
    with Sandboxfs(("ro", "/", host), flags=flags, mode_flags=False) as m:
        check("transport=%s " % want in m.serving(), m.serving())
        eq(read(m / "file"), "x")

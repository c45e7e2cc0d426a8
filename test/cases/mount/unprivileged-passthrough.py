#!/usr/bin/python3
# Without privileges passthrough is off, without a word of an error.
# modes: unprivileged, userns

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("ro", "/", host)) as m:
    check("passthrough=no" in m.serving(), m.serving())
    eq(read(m / "file"), "x")
    check("[WARN]" not in m.stderr().split("serving")[0], m.stderr())

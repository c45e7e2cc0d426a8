#!/usr/bin/python3
# A mapping over an existing directory hides what that holds, and only in
# the view.

from sandboxfs import *

host, other = host_dir(), host_dir("other")
write(host / "dir/hidden", "hidden")
write(other / "shown", "shown")
with Sandboxfs(("rw", "/", host), ("rw", "/dir", other)) as m:
    eq(entries(m / "dir"), ["shown"])
    fails(ENOENT, os.stat, m / "dir/hidden")
    write(m / "dir/new", "new")
eq(entries(host / "dir"), ["hidden"])
eq(entries(other), ["new", "shown"])

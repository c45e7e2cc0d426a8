#!/usr/bin/python3
# RENAME_NOREPLACE never replaces; RENAME_WHITEOUT is refused.

from sandboxfs import *

host = host_dir()
write(host / "a", "a")
write(host / "b", "b")
with Sandboxfs(("rw", "/", host)) as m:
    fails(EEXIST, renameat2, m / "a", m / "b", RENAME_NOREPLACE)
    eq(read(m / "b"), "b")
    renameat2(m / "a", m / "c", RENAME_NOREPLACE)
    eq(entries(m.path), ["b", "c"])
    fails(EINVAL, renameat2, m / "b", m / "c",
          RENAME_NOREPLACE | RENAME_EXCHANGE)
    fails((EINVAL, EPERM), renameat2, m / "b", m / "d", RENAME_WHITEOUT)

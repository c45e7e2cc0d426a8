#!/usr/bin/python3
# A create that fails half-way leaves nothing behind: no sandbox, no
# mapping, no scaffold.

from sandboxfs import *

host = host_dir()
write(host / "file")
with Sandboxfs(reconfig=True) as m:
    eq(m.request(m.creation("s", [("ro", "/a/b/c", host),
                                  ("ro", "/x", "/non-existent")]), "s")
       is None, False)
    fails(ENOENT, os.stat, m / "s")
    m.create("s", ("ro", "/keep", host))
    check(m.request(m.creation("s", [("ro", "/new/deep", host),
                                     ("ro", "/keep", host)]), "s"))
    eq(entries(m / "s"), ["keep"])
    # What failed can be done rightly.
    m.create("s", ("ro", "/new/deep", host))
    eq(entries(m / "s"), ["keep", "new"])

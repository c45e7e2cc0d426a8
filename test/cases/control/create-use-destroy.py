#!/usr/bin/python3
# A sandbox is created, used and destroyed over JSON.

from sandboxfs import *

host, work = host_dir(), host_dir("work")
write(host / "a", "a")
with Sandboxfs(reconfig=True) as m:
    eq(m.request({"C": {"i": "empty", "m": []}}, "empty"), None)
    eq(entries(m.path), ["empty"])
    eq(entries(m / "empty"), [])
    m.create("one", ("ro", "/in/a", host / "a"), ("rw", "/work", work))
    eq(entries(m.path), ["empty", "one"])
    eq(read(m / "one/in/a"), "a")
    fails(EPERM, open, m / "one/in/a", "w")
    write(m / "one/work/out", "made")
    eq(read(work / "out"), "made")
    m.destroy("one")
    eq(entries(m.path), ["empty"])
    fails(ENOENT, os.stat, m / "one")
eq(read(work / "out"), "made")

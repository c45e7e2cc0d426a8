#!/usr/bin/python3
# SIGUSR1 prints how many requests of each kind came, and by which transport.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
with Sandboxfs(("rw", "/", host)) as m:
    for i in range(7):
        os.mkdir(m / ("d%d" % i))
    fails(ENOENT, os.stat, m / "none")
    c = m.counters()
    eq(c["ops"]["MKDIR"], 7)
    check(c["errors"]["LOOKUP"] >= 8, str(c))
    check(c[mode.transport] >= 15, str(c))
    if mode.transport == "dev":
        eq(c["uring"], 0)
    # It can be asked again and again, and serves on.
    for i in range(5):
        m.counters()
    eq(read(m / "file"), "x")

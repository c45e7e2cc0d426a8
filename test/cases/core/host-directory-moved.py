#!/usr/bin/python3
# When directories trade places on the host, names in the view show what is
# there now.

from sandboxfs import *

host = host_dir()
for n in ("first/a", "first/b", "second/1"):
    write(host / n, n)
with Sandboxfs(("ro", "/", host), flags=["--ttl", "1s"]) as m:
    eq(entries(m / "first"), ["a", "b"])
    eq(entries(m / "second"), ["1"])
    os.rename(host / "first", host / "third")
    os.rename(host / "second", host / "first")
    time.sleep(1.2)
    eq(entries(m / "first"), ["1"])
    eq(read(m / "first/1"), "second/1")
    eq(entries(m / "third"), ["a", "b"])
    fails(ENOENT, os.stat, m / "second")

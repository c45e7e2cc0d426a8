#!/usr/bin/python3
# Files whose size is said to be 0 and isn't, as in /proc, are read in whole.

from sandboxfs import *

with Sandboxfs(("ro", "/", "/proc/sys")) as m:
    eq(read(m / "kernel/ostype"), "Linux\n")
    eq(read(m / "kernel/ostype"), "Linux\n")

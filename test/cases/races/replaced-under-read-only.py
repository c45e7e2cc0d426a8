#!/usr/bin/python3
# Files that are replaced all the time through one mapping can always be
# opened through another.
# timeout: 120

from sandboxfs import *

host = host_dir()
write(host / "f", "x" * 100)


def replace(child):
    for i in range(3000):
        with open(m / "rw/t", "w") as f:
            f.write("y" * 100)
        os.rename(m / "rw/t", m / "rw/f")


with Sandboxfs(("rw", "/rw", host), ("ro", "/ro", host)) as m:
    child = Child(replace)
    opened, ended = 0, (0, 0)
    while not ended[0]:
        eq(len(read(m / "ro/f")), 100)
        opened += 1
        ended = os.waitpid(child.pid, os.WNOHANG)
    eq(ended[1], 0, "status of the other process")
    print(opened, "times")
    check(opened > 20, "hardly ever opened")

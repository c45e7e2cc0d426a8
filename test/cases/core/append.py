#!/usr/bin/python3
# Appends of several processes don't overwrite each other.

from sandboxfs import *

host = host_dir()


def append(child, path, letter):
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for i in range(300):
        os.write(fd, (letter * 99 + "\n").encode())


with Sandboxfs(("rw", "/a", host), ("rw", "/b", host)) as m:
    children = [Child(append, m / d / "file", letter)
                for d, letter in (("a", "p"), ("a", "q"), ("b", "r"))]
    for c in children:
        c.end()
    lines = read(m / "a/file").splitlines()
    eq(len(lines), 900)
    check(all(len(set(line)) == 1 and len(line) == 99 for line in lines),
          "torn lines")

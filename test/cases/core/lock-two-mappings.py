#!/usr/bin/python3
# A lock taken through one mapping of a file holds through another.

from sandboxfs import *

import fcntl

host = host_dir()
write(host / "file", "x")


def other(child, path):
    with open(path, "r+") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child.say("flock")
        except OSError as e:
            child.say(e.errno)
        try:
            fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child.say("lockf")
        except OSError as e:
            child.say(e.errno)


with Sandboxfs(("rw", "/a", host), ("rw", "/b", host)) as m:
    with open(m / "a/file", "r+") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        fcntl.lockf(f, fcntl.LOCK_EX)
        child = Child(other, m / "b/file")
        eq(child.heard(), EAGAIN)
        check(child.heard() in (EAGAIN, EACCES))
        child.end()

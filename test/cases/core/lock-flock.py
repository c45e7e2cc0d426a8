#!/usr/bin/python3
# flock(2) between two processes: excludes, shares, and a blocked one gets
# it when it is free.

from sandboxfs import *

import fcntl

host = host_dir()
write(host / "file")


def other(child, path):
    with open(path) as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child.say("taken")
        except BlockingIOError:
            child.say("busy")
        fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
        child.say("shared")
        child.say("waiting")
        fcntl.flock(f, fcntl.LOCK_EX)
        child.say("got it")
        child.wait()


with Sandboxfs(("rw", "/", host)) as m:
    with open(m / "file") as f:
        fcntl.flock(f, fcntl.LOCK_SH)
        child = Child(other, m / "file")
        eq(child.heard(), "busy")
        eq(child.heard(), "shared")
        eq(child.heard(), "waiting")
        eq(child.heard(0.3), None)
        fcntl.flock(f, fcntl.LOCK_UN)
        eq(child.heard(), "got it")
        fails(EAGAIN, fcntl.flock, f, fcntl.LOCK_SH | fcntl.LOCK_NB)
        child.go()
        child.end()
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)

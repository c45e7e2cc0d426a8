#!/usr/bin/python3
# POSIX record locks between two processes: ranges, who holds them, and
# blocking until they are free.

from sandboxfs import *

import fcntl
import struct

host = host_dir()
write(host / "file", "x" * 1000)


def holder(f, start, length):
    """The type and the pid of what stands in the way of a write lock."""
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, start, length, 0)
    kind, _, at, n, pid = struct.unpack("hhqqi4x",
                                        fcntl.fcntl(f, fcntl.F_GETLK, lock))
    return None if kind == fcntl.F_UNLCK else (kind, at, n, pid)


def other(child, path):
    with open(path, "r+") as f:
        child.say(holder(f, 0, 1000))
        try:
            fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 50, 100)
            child.say("taken")
        except OSError as e:
            child.say(e.errno)
        fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 50, 500)
        child.say("free range")
        child.say("waiting")
        fcntl.lockf(f, fcntl.LOCK_EX, 50, 100)
        child.say("got it")
        child.wait()


with Sandboxfs(("rw", "/", host)) as m:
    with open(m / "file", "r+") as f:
        fcntl.lockf(f, fcntl.LOCK_EX, 100, 100)
        child = Child(other, m / "file")
        eq(child.heard(), [fcntl.F_WRLCK, 100, 100, os.getpid()])
        check(child.heard() in (EAGAIN, EACCES))
        eq(child.heard(), "free range")
        eq(child.heard(), "waiting")
        eq(child.heard(0.3), None)
        fcntl.lockf(f, fcntl.LOCK_UN, 100, 100)
        eq(child.heard(), "got it")
        eq(holder(f, 0, 1000)[3], child.pid)
        child.go()
        child.end()
        eq(holder(f, 0, 1000), None)

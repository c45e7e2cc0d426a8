#!/usr/bin/python3
# The locks of a process that is killed are free at once, and so is one that
# waits.

from sandboxfs import *

import fcntl

host = host_dir()
write(host / "file", "x")


def hold(child, path):
    f = open(path, "r+")
    fcntl.lockf(f, fcntl.LOCK_EX)
    child.say("held")
    child.wait()


def want(child, path):
    f = open(path, "r+")
    child.say("waiting")
    fcntl.lockf(f, fcntl.LOCK_EX)
    child.say("got it")
    child.wait()


with Sandboxfs(("rw", "/", host)) as m:
    first = Child(hold, m / "file")
    eq(first.heard(), "held")
    second, third = Child(want, m / "file"), Child(want, m / "file")
    eq((second.heard(), third.heard()), ("waiting", "waiting"))
    time.sleep(0.2)
    # One that waits can be killed.
    os.kill(third.pid, signal.SIGKILL)
    os.waitpid(third.pid, 0)
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)
    eq(second.heard(), "got it")
    second.go()
    second.end()

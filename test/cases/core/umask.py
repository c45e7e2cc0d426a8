#!/usr/bin/python3
# The caller's umask counts, the daemon's does not.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host), umask=0o077) as m:
    old = os.umask(0)
    os.close(os.open(m / "a", os.O_WRONLY | os.O_CREAT, 0o666))
    os.mkdir(m / "b", 0o777)
    os.mkfifo(m / "c", 0o666)
    os.umask(0o027)
    os.close(os.open(m / "d", os.O_WRONLY | os.O_CREAT, 0o666))
    os.mkdir(m / "e", 0o777)
    os.umask(old)
    eq([stat.S_IMODE(os.lstat(host / n).st_mode) for n in "abcde"],
       [0o666, 0o777, 0o666, 0o640, 0o750])

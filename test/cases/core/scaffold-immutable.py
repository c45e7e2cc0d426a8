#!/usr/bin/python3
# Nothing can be made, removed, renamed or changed in a scaffold directory.

from sandboxfs import *

host = host_dir()
write(host / "file")
denied = EPERM if privileged else (EACCES, EPERM)
with Sandboxfs(("rw", "/a/b", host), ("rw", "/a/f", host / "file")) as m:
    for d in (m.path, m / "a"):
        fails(denied, os.open, d / "new", os.O_WRONLY | os.O_CREAT)
        fails(denied, os.mkdir, d / "new")
        fails(denied, os.symlink, "x", d / "new")
        fails(denied, os.mkfifo, d / "new")
    fails(denied, os.rmdir, m / "a/b")
    fails(denied, os.rmdir, m / "a")
    fails(denied, os.unlink, m / "a/f")
    fails(denied, os.rename, m / "a/f", m / "a/g")
    fails(denied, os.rename, m / "a/b/file", m / "a/g")
    fails(denied, os.rename, m / "a/f", m / "a/b/new")
    fails(EPERM, os.chmod, m / "a", 0o755)
    fails(EPERM, os.utime, m / "a", (1, 1))
    fails(EPERM, os.chown, m / "a", os.getuid(), os.getgid())
    eq(entries(m / "a"), ["b", "f"])
    eq(stat.S_IMODE(os.stat(m / "a").st_mode), 0o555)
eq(entries(host), ["file"])

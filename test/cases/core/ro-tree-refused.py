#!/usr/bin/python3
# Nothing changes in a read-only mapping: every operation says EPERM.

from sandboxfs import *

host = host_dir()
write(host / "file", "old")
(host / "dir").mkdir()
os.symlink("file", host / "link")
os.utime(host / "file", (1000, 1000))
with Sandboxfs(("ro", "/", host)) as m:
    fails(EPERM, os.open, m / "new", os.O_WRONLY | os.O_CREAT)
    fails(EPERM, os.open, m.path, os.O_TMPFILE | os.O_RDWR)
    fails(EPERM, os.mkdir, m / "new")
    fails(EPERM, os.mkfifo, m / "new")
    fails(EPERM, os.symlink, "x", m / "new")
    fails(EPERM, os.link, m / "file", m / "new")
    fails(EPERM, os.unlink, m / "file")
    fails(EPERM, os.rmdir, m / "dir")
    fails(EPERM, os.rename, m / "file", m / "new")
    fails(EPERM, os.rename, m / "file", m / "dir/file")
    fails(EPERM, renameat2, m / "file", m / "link", RENAME_EXCHANGE)
    fails(EPERM, os.chmod, m / "file", 0o600)
    fails(EPERM, os.chown, m / "file", os.getuid(), os.getgid())
    fails(EPERM, os.utime, m / "file", (1, 1))
    fails(EPERM, os.utime, m / "link", (1, 1), follow_symlinks=False)
    fails(EPERM, os.truncate, m / "file", 0)
    fails(EEXIST, os.mkdir, m / "dir")
    eq(entries(m.path), ["dir", "file", "link"])
eq(read(host / "file"), "old")
eq(os.stat(host / "file").st_mtime, 1000)
eq(entries(host), ["dir", "file", "link"])

#!/usr/bin/python3
# stat(2) of mapped files, directories and links is the host's, but for the
# inode number and the links.

from sandboxfs import *

host = host_dir()
write(host / "file", "x" * 12345, 0o4751)
(host / "dir").mkdir(0o1770)
os.chmod(host / "dir", 0o1770)
os.symlink("file", host / "link")
os.mkfifo(host / "fifo", 0o604)
os.utime(host / "file", ns=(1234567890123456789, 987654321987654321))
with Sandboxfs(("ro", "/", host)) as m:
    for name in ("file", "dir", "link", "fifo", ""):
        got, want = os.lstat(m / name), os.lstat(host / name)
        for field in ("st_mode", "st_uid", "st_gid", "st_atime_ns",
                      "st_mtime_ns", "st_ctime_ns"):
            eq(getattr(got, field), getattr(want, field),
               "%s of %r" % (field, name))
        if not stat.S_ISDIR(want.st_mode):
            eq(got.st_size, want.st_size)

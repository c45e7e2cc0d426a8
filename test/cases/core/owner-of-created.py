#!/usr/bin/python3
# What somebody makes belongs to them, not to the daemon.
# modes: root

from sandboxfs import *

host = host_dir()
os.chmod(host, 0o777)


def make():
    os.close(os.open(m / "file", os.O_WRONLY | os.O_CREAT, 0o600))
    os.mkdir(m / "dir")
    os.symlink("x", m / "link")
    os.mkfifo(m / "fifo")
    os.mknod(m / "node", stat.S_IFREG | 0o600)
    write(m / "dir/below")
    os.rename(m / "file", m / "renamed")


with Sandboxfs(("rw", "/", host), flags=["--allow", "other"]) as m:
    run_as(other_uid, other_gid, make)
    for name in ("renamed", "dir", "link", "fifo", "node", "dir/below"):
        for where in (m.path, host):
            st = os.lstat(where / name)
            eq((st.st_uid, st.st_gid), (other_uid, other_gid), name)

#!/usr/bin/python3
# What is made in a set-group-id directory gets its group, and directories
# the bit.
# modes: root

from sandboxfs import *

host = host_dir()
os.chown(host, 0, 4242)
os.chmod(host, 0o2777)


def make():
    os.close(os.open(m / "file", os.O_WRONLY | os.O_CREAT, 0o644))
    os.mkdir(m / "dir", 0o755)
    os.symlink("x", m / "link")
    os.mkfifo(m / "fifo")
    # Not of that group: no set-group-id file of it.
    os.close(os.open(m / "sgid", os.O_WRONLY | os.O_CREAT, 0o2755))


with Sandboxfs(("rw", "/", host), flags=["--allow", "other"]) as m:
    run_as(other_uid, other_gid, make)
    for name in ("file", "dir", "link", "fifo", "sgid"):
        st = os.lstat(host / name)
        eq((st.st_uid, st.st_gid), (other_uid, 4242), name)
    eq(stat.S_IMODE(os.stat(host / "dir").st_mode), 0o2755)
    eq(stat.S_IMODE(os.stat(host / "sgid").st_mode), 0o755)

#!/usr/bin/python3
# A directory that no mapping stands behind: mode 0555, the daemon's owner,
# two links, the time of its making.

from sandboxfs import *

host = host_dir()
before = time.time()
with Sandboxfs(("ro", "/a/b/c", host)) as m:
    numbers = set()
    for path in (m.path, m / "a", m / "a/b"):
        st = os.lstat(path)
        eq(stat.S_IFMT(st.st_mode), stat.S_IFDIR)
        eq(stat.S_IMODE(st.st_mode), 0o555, str(path))
        eq((st.st_uid, st.st_gid), (os.geteuid(), os.getegid()))
        eq(st.st_nlink, 2)
        for t in (st.st_atime, st.st_mtime, st.st_ctime):
            check(before - 2 < t < time.time() + 2, "time of " + str(path))
        numbers.add(st.st_ino)
    eq(len(numbers), 3, "inode numbers")
    check(0 not in numbers, "inode number 0")

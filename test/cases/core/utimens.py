#!/usr/bin/python3
# Times set are exact to the nanosecond, by path, by descriptor and of links.

from sandboxfs import *

host = host_dir()
write(host / "file")
os.symlink("file", host / "link")
times = (1111111111123456789, 2222222222987654321)
with Sandboxfs(("rw", "/", host)) as m:
    os.utime(m / "file", ns=times)
    for where in (m.path, host):
        st = os.stat(where / "file")
        eq((st.st_atime_ns, st.st_mtime_ns), times)
    with open(m / "file") as f:
        os.utime(f.fileno(), ns=(3, 4))
        eq(os.stat(host / "file").st_mtime_ns, 4)
    os.utime(m / "link", ns=(5, 6), follow_symlinks=False)
    eq(os.lstat(host / "link").st_mtime_ns, 6)
    eq(os.lstat(m / "link").st_mtime_ns, 6)
    eq(os.stat(m / "file").st_mtime_ns, 4)
    # touch: now, which is this moment.
    run("touch", m / "file")
    check(abs(os.stat(m / "file").st_mtime - time.time()) < 5)
    # Before 1970.
    os.utime(m / "file", ns=(-1500000000, -500000000))
    eq(os.stat(m / "file").st_mtime_ns, -500000000)
    os.mkdir(m / "dir")
    os.utime(m / "dir", ns=times)
    eq(os.stat(m / "dir").st_mtime_ns, times[1])

#!/usr/bin/python3
# chmod(2) reaches the host, for files and directories; links have no mode.

from sandboxfs import *

host = host_dir()
write(host / "file")
os.symlink("file", host / "link")
with Sandboxfs(("rw", "/", host)) as m:
    for mode_ in (0o000, 0o777, 0o640, 0o4755, 0o600):
        os.chmod(m / "file", mode_)
        eq(stat.S_IMODE(os.stat(host / "file").st_mode), mode_)
        eq(stat.S_IMODE(os.stat(m / "file").st_mode), mode_)
    with open(m / "file") as f:
        os.fchmod(f.fileno(), 0o604)
    eq(stat.S_IMODE(os.stat(host / "file").st_mode), 0o604)
    os.mkdir(m / "dir", 0o700)
    os.chmod(m / "dir", 0o1777)
    eq(stat.S_IMODE(os.stat(host / "dir").st_mode), 0o1777)
    fails(ENOTSUP, syscall, "fchmodat", -100, os.fsencode(m / "link"), 0o600,
          0x100)

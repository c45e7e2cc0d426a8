#!/usr/bin/python3
# With --ttl 0s the host's changes show at once, made, removed, renamed or
# resized.

from sandboxfs import *

host = host_dir()
write(host / "file", "old")
with Sandboxfs(("ro", "/", host),
               flags=["--ttl", "0s", "--negative-ttl", "0s"]) as m:
    for i in range(10):
        fails(ENOENT, os.stat, m / "new")
        write(host / "new", "x" * i)
        eq(os.stat(m / "new").st_size, i)
        eq(entries(m.path), ["file", "new"])
        os.chmod(host / "new", 0o600 + i % 8)
        eq(stat.S_IMODE(os.stat(m / "new").st_mode), 0o600 + i % 8)
        os.rename(host / "new", host / "renamed")
        fails(ENOENT, os.stat, m / "new")
        eq(read(m / "renamed"), "x" * i)
        os.unlink(host / "renamed")
        fails(ENOENT, os.stat, m / "renamed")
        (host / "renamed").mkdir()
        check(stat.S_ISDIR(os.stat(m / "renamed").st_mode))
        (host / "renamed").rmdir()

#!/usr/bin/python3
# Directories are made and removed; only empty ones go.

from sandboxfs import *

host = host_dir()
with Sandboxfs(("rw", "/", host)) as m:
    os.makedirs(m / "a/b/c")
    check((host / "a/b/c").is_dir())
    fails(EEXIST, os.mkdir, m / "a")
    fails(ENOTEMPTY, os.rmdir, m / "a")
    fails(ENOTDIR, os.rmdir, write(m / "file"))
    fails((EISDIR, EPERM), os.unlink, m / "a/b/c")
    fails(ENOENT, os.mkdir, m / "none/x")
    fails(ENOTDIR, os.mkdir, m / "file/x")
    os.rmdir(m / "a/b/c")
    check(not (host / "a/b/c").exists())
    fails(ENOENT, os.stat, m / "a/b/c")
    eq(entries(m / "a/b"), [])

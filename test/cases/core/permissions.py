#!/usr/bin/python3
# Modes stop those whom they stop on the host.
# modes: root

from sandboxfs import *

host = host_dir()
write(host / "secret/file", "x")
os.chmod(host / "secret", 0o700)
write(host / "mine", "x", 0o600)
write(host / "listed/file", "x")
os.chmod(host / "listed", 0o744)
write(host / "read-only", "x", 0o444)
(host / "sticky").mkdir()
os.chmod(host / "sticky", 0o1777)
write(host / "sticky/roots")


def stranger():
    fails(EACCES, os.stat, m / "secret/file")
    fails(EACCES, os.listdir, m / "secret")
    fails(EACCES, open, m / "mine")
    fails(EACCES, open, m / "read-only", "w")
    eq(os.listdir(m / "listed"), ["file"])
    fails(EACCES, os.stat, m / "listed/file")
    fails(EPERM, os.chmod, m / "read-only", 0o777)
    fails((EPERM, EACCES), os.unlink, m / "sticky/roots")
    fails(EACCES, os.unlink, m / "mine")
    fails(EACCES, os.mkdir, m / "new")
    check(os.access(m / "read-only", os.R_OK))
    check(not os.access(m / "read-only", os.W_OK))
    check(not os.access(m / "secret", os.X_OK))


with Sandboxfs(("rw", "/", host), flags=["--allow", "other"]) as m:
    run_as(other_uid, other_gid, stranger)

#!/usr/bin/python3
# The caller's supplementary groups count.
# modes: root

from sandboxfs import *

host = host_dir()
(host / "team").mkdir()
os.chown(host / "team", 0, 4242)
os.chmod(host / "team", 0o770)
write(host / "file", "x", 0o640)
os.chown(host / "file", other_uid, 4242)


def member():
    write(m / "team/made")
    os.chown(m / "team/made", -1, 4242)
    eq(read(m / "file"), "x")


def owner_of_a_foreign_group():
    # chmod(2) by one who is not of the file's group drops the bit.
    os.chmod(m / "file", 0o2755)


with Sandboxfs(("rw", "/", host), flags=["--allow", "other"]) as m:
    fails(EACCES, run_as, other_uid, other_gid, write, m / "team/no")
    run_as(other_uid, other_gid, member, groups=[5, 4242])
    eq(os.stat(host / "team/made").st_gid, 4242)
    run_as(other_uid, other_gid, owner_of_a_foreign_group)
    eq(stat.S_IMODE(os.stat(host / "file").st_mode), 0o755)

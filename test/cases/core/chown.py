#!/usr/bin/python3
# chown(2) by root reaches the host, also of links; by others it is EPERM.
# modes: root, unprivileged

from sandboxfs import *

host = host_dir()
write(host / "file", "", 0o4755)
os.symlink("file", host / "link")
with Sandboxfs(("rw", "/", host)) as m:
    if not privileged:
        fails(EPERM, os.chown, m / "file", other_uid, -1)
        fails(EPERM, os.chown, m / "file", -1, other_gid)
        sys.exit(0)
    os.chown(m / "file", other_uid, other_gid)
    for where in (m.path, host):
        st = os.stat(where / "file")
        eq((st.st_uid, st.st_gid), (other_uid, other_gid))
        eq(stat.S_IMODE(st.st_mode), 0o755, "set-user-id after chown")
    os.lchown(m / "link", other_uid, -1)
    st = os.lstat(host / "link")
    eq((st.st_uid, st.st_gid), (other_uid, 0))
    os.chown(m / "file", -1, 7)
    eq((os.stat(m / "file").st_uid, os.stat(m / "file").st_gid),
       (other_uid, 7))

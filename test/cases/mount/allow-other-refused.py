#!/usr/bin/python3
# Without user_allow_other an unprivileged --allow=other says what to do
# about it.
# modes: unprivileged once

from sandboxfs import *

try:
    lines = [l.strip() for l in open("/etc/fuse.conf")]
except FileNotFoundError:
    lines = []
if "user_allow_other" in lines:
    skip("user_allow_other is set here")
mnt = host_dir("mnt")
for who in ("other", "root"):
    out = cli("--allow", who, mnt)
    eq(out.returncode, 1)
    check("user_allow_other" in out.stderr and "/etc/fuse.conf" in out.stderr,
          out.stderr)
    eq(mounts_under(tmp), [])

#!/usr/bin/python3
# --debug names requests, what they are about, and their answers.

from sandboxfs import *

host = host_dir()
write(host / "some-file", "x")
with Sandboxfs(("rw", "/", host), flags=["--debug"], log="error") as m:
    read(m / "some-file")
    fails(ENOENT, os.stat, m / "not-there")
    os.mkdir(m / "made")
    os.rename(m / "made", m / "renamed")
    text = m.stderr()
    for word in ("LOOKUP", '"some-file"', "OPEN", '"not-there"', "ENOENT",
                 "MKDIR", '"made"', "RENAME", '"renamed"'):
        check(word in text, "no %s in\n%s" % (word, text))

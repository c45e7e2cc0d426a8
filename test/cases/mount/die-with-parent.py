#!/usr/bin/python3
# With --die-with-parent the death of the parent ends it, whatever holds its
# input.

from sandboxfs import *

host = host_dir()
(tmp / "mnt").mkdir()
script = ('"$@" </dev/null >/dev/null 2>"$0" & '
          'while ! grep -q serving "$0"; do sleep 0.05; done; echo $!')
out = run("sh", "-c", script, tmp / "log", binary, *mode.flags(),
          "--die-with-parent", "--mapping", "ro:/:%s" % host, tmp / "mnt",
          env=dict(os.environ, RUST_LOG="info"))
pid = int(out.stdout)
wait_for(lambda: not pid_alive(pid), "its end")
eq(mount_id(tmp / "mnt"), None)

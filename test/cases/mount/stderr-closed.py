#!/usr/bin/python3
# A daemon whose standard error nobody reads any more lives on.

from sandboxfs import *

host = host_dir()
write(host / "file", "x")
(tmp / "mnt").mkdir()
p = subprocess.Popen([binary, *mode.flags(), "--debug", "--mapping",
                      "ro:/:%s" % host, str(tmp / "mnt")],
                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.PIPE)
wait_for(lambda: mount_id(tmp / "mnt"), "the mount")
p.stderr.close()
for i in range(50):
    eq(read(tmp / "mnt/file"), "x")
p.send_signal(signal.SIGUSR1)
time.sleep(0.1)
eq(p.poll(), None)
p.terminate()
eq(p.wait(20), 1)
eq(mount_id(tmp / "mnt"), None)

#!/usr/bin/python3
# Started and killed by SIGKILL at a random moment: the guard leaves no
# mount and no process.
# timeout: 900
# alone: yes
# full: yes

from sandboxfs import *

import random

host = host_dir()
rounds = 500 if full else 40
seed = int(time.time())
print("seed", seed)
random.seed(seed)
(tmp / "mnt").mkdir()
for i in range(rounds):
    p = subprocess.Popen([binary, *mode.flags(), "--mapping",
                          "ro:/:%s" % host, str(tmp / "mnt")],
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    time.sleep(random.random() * 0.1 * slowness)
    p.kill()
    p.wait()
    wait_for(lambda: not run("pgrep", "-f", str(tmp / "mnt"),
                             ok=False).stdout, "the guard's end")
    eq(mounts_under(tmp), [], "round %d" % i)

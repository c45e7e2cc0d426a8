#!/usr/bin/python3
# Started and signalled at a random moment: no mount and no process is left.
# timeout: 900
# alone: yes
# full: yes

from sandboxfs import *

import random

host = host_dir()
rounds = 1000 if full else 60
seed = int(time.time())
print("seed", seed)
random.seed(seed)
(tmp / "mnt").mkdir()
for i in range(rounds):
    s = random.choice([signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                       signal.SIGTERM])
    delay = random.random() * 0.2 * slowness
    if i % 3 == 0:
        delay /= 10
    log = open(tmp / "log", "w+")
    p = subprocess.Popen([binary, *mode.flags(), "--mapping",
                          "ro:/:%s" % host, str(tmp / "mnt")],
                         stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    time.sleep(delay)
    p.send_signal(s)
    try:
        status = p.wait(20 * slowness)
    except subprocess.TimeoutExpired:
        p.kill()
        raise AssertionError("round %d, %s after %g s: did not end: %s" % (
            i, s.name, delay, read(tmp / "log")))
    eq(mounts_under(tmp), [], "round %d, %s after %g s" % (i, s.name, delay))
    # Before it takes signals, they do what they do by default.
    check(status in (1, -s), "round %d: status %d: %s" % (
        i, status, read(tmp / "log")))
left = run("pgrep", "-f", str(tmp / "mnt"), ok=False).stdout
eq(left, "", "processes left")

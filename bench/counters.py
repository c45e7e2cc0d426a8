"""What the kernel counts: requests of a mount, and its server's switches.

Both are read around a batch that isn't used for its time.
"""

import contextlib
import os
import re
import time
from pathlib import Path

INSTANCES = Path("/sys/kernel/tracing/instances")
SEND = re.compile(r"fuse_request_send: .*req (\d+) opcode (\d+) \((\w*)\)")
END = re.compile(r"fuse_request_end: .*req (\d+) ")


def connection(path):
    """The number of the FUSE connection mounted at a path."""
    # The kernel's device number, which differs in form from the user's.
    return os.minor(os.lstat(path).st_dev)


def server_of(number):
    """The process that serves a connection, where the kernel tells, or None.

    fdinfo of /dev/fuse names its connection since Linux 6.17 or so.
    """
    wanted = "fuse_connection:\t%d\n" % number
    for proc in Path("/proc").glob("[0-9]*"):
        try:
            for fd in (proc / "fd").iterdir():
                if os.readlink(fd) == "/dev/fuse" and wanted in (
                        proc / "fdinfo" / fd.name).read_text():
                    return int(proc.name)
        except OSError:
            continue
    return None


class Requests:
    """Counts a connection's requests by operation, by the tracepoints.

    Background requests over io_uring pass no fuse_request_send; they show as
    the ends of requests that never began, and are counted as "background".
    """

    def __init__(self):
        self.dir = INSTANCES / ("sandboxfs-bench-%d" % os.getpid())
        self.missing = None
        try:
            self.dir.mkdir()
            self._set("buffer_size_kb", 16384)
            for event in ("send", "end"):
                if not (self._event(event)).is_dir():
                    raise OSError("no tracepoint fuse_request_" + event)
        except OSError as e:
            self.missing = str(e)
            self.close()

    def _event(self, name):
        return self.dir / "events" / "fuse" / ("fuse_request_" + name)

    def _set(self, name, value):
        (self.dir / name).write_text(str(value))

    def start(self, number):
        self._set("trace", "")
        for event in ("send", "end"):
            (self._event(event) / "filter").write_text(
                "connection == %d" % number)
            (self._event(event) / "enable").write_text("1")

    def stop(self):
        """{operation: count}, or None if the buffer was too small."""
        # RELEASE and the like are sent after close() has returned.
        time.sleep(0.02)
        for event in ("send", "end"):
            (self._event(event) / "enable").write_text("0")
        for stats in self.dir.glob("per_cpu/*/stats"):
            if int(re.search(r"overrun: (\d+)", stats.read_text())[1]):
                return None
        counts, began, ended = {}, set(), set()
        with open(self.dir / "trace") as f:
            for line in f:
                m = SEND.search(line)
                if m:
                    began.add(m[1])
                    name = m[3].removeprefix("FUSE_") or "op" + m[2]
                    counts[name] = counts.get(name, 0) + 1
                    continue
                m = END.search(line)
                if m:
                    ended.add(m[1])
        if ended - began:
            counts["background"] = len(ended - began)
        return counts

    def close(self):
        with contextlib.suppress(OSError):
            self.dir.rmdir()


def switches(pid):
    """{thread: (voluntary, involuntary context switches, CPU time in ns)}"""
    found = {}
    for task in Path("/proc/%d/task" % pid).iterdir():
        try:
            status = (task / "status").read_text()
            cpu = int((task / "schedstat").read_text().split()[0])
        except OSError:
            continue
        found[task.name] = (
            int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status,
                          re.M)[1]),
            int(re.search(r"^nonvoluntary_ctxt_switches:\s+(\d+)", status,
                          re.M)[1]),
            cpu)
    return found


def switches_between(before, after):
    """Their sums over all threads; those that ended meanwhile are lost."""
    total = [0, 0, 0]
    for thread, now in after.items():
        was = before.get(thread, (0, 0, 0))
        for i in range(3):
            total[i] += now[i] - was[i]
    return dict(zip(("voluntary", "involuntary", "cpu_ns"), total))


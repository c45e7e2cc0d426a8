"""The file systems that are compared: how each is started and ended.

A rival shows a host directory at its `view`. Native is the directory itself,
the forest a directory of symbolic links to its files; the others are FUSE
servers, each mounted as its own documentation has it.
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import counters

ABORT = "/sys/fs/fuse/connections/%d/abort"


class Absent(Exception):
    """The rival can't be had here; the text says why."""


def is_mount(path):
    return os.path.ismount(path)


def running(pid):
    """Whether a process is there and not just waiting to be reaped."""
    try:
        text = Path("/proc/%d/stat" % pid).read_text()
    except OSError:
        return False
    return text.rsplit(")", 1)[1].split()[0] not in "ZX"


class Server:
    """A running FUSE server of one mount point."""

    def __init__(self, argv, mnt, cpu=None, env=None, pipes=False,
                 ready=None):
        """Starts it and waits until it serves.

        @cpu binds it to one CPU; @pipes makes its standard input and output
        ours; @ready(log) must be true besides the mount's being there.
        """
        self.mnt = Path(mnt)
        self.mnt.mkdir(parents=True, exist_ok=True)
        if is_mount(self.mnt):
            raise Absent("%s is mounted already" % self.mnt)
        self.log = Path("%s.log" % mnt)
        self.pid = None
        pipe = subprocess.PIPE if pipes else subprocess.DEVNULL

        def bind():
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})

        with open(self.log, "wb") as out:
            try:
                self.process = subprocess.Popen(
                    argv, stdin=pipe, stdout=pipe if pipes else out,
                    stderr=out, env=dict(os.environ, **(env or {})),
                    preexec_fn=bind, start_new_session=True)
            except OSError as e:
                raise Absent("%s: %s" % (argv[0], e.strerror)) from None
        try:
            self._await(ready or (lambda text: True))
        except BaseException:
            self.stop()
            raise

    def _await(self, ready):
        end = time.monotonic() + 20
        while not (is_mount(self.mnt) and ready(self.text())):
            status = self.process.poll()
            # A starter may end well, leaving the server in the background.
            if status is not None and (status != 0
                                       or not is_mount(self.mnt)):
                raise Absent("ended with status %d: %s" % (
                    status, self.text().strip()[-300:]))
            if time.monotonic() > end:
                raise Absent("didn't mount within 20 s: %s" %
                             self.text().strip()[-300:])
            time.sleep(0.002)
        self.connection = counters.connection(self.mnt)
        self.pid = counters.server_of(self.connection)
        if self.pid is None and self.process.poll() is None:
            self.pid = self.process.pid

    def text(self):
        return self.log.read_text(errors="replace")

    def stop(self):
        """Unmounts; ends the server, the hard way if it must be."""
        if self.process.poll() is None and self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        if is_mount(self.mnt):
            for command in (["umount"], ["fusermount3", "-u"],
                            ["umount", "-l"], ["fusermount3", "-uz"]):
                with contextlib.suppress(OSError):
                    subprocess.run(command + [self.mnt],
                                   stderr=subprocess.DEVNULL)
                if not is_mount(self.mnt):
                    break
                time.sleep(0.1)
        for sig in (None, signal.SIGTERM, signal.SIGKILL):
            if sig is not None:
                self._kill(sig)
            if self._gone(2):
                break
        if self.process.stdout:
            self.process.stdout.close()

    def _kill(self, sig):
        for pid in {self.pid, self.process.pid}:
            # The starter's own id may be somebody else's by now.
            if pid and (pid != self.process.pid
                        or self.process.poll() is None):
                with contextlib.suppress(OSError):
                    os.kill(pid, sig)

    def _gone(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            alive = self.process.poll() is None
            if self.pid and self.pid != self.process.pid:
                alive = alive or running(self.pid)
            if not alive:
                return True
            time.sleep(0.005)
        return False


class Rival:
    """What the measurements need to know of a contestant."""

    fuse = False       # has a server and sends requests
    sandboxes = False  # makes sandboxes
    reads = True       # shows the data directory
    writes = True      # has a place to write of its own
    root = False       # can show the whole host

    def __init__(self, name, title):
        self.name, self.title = name, title
        self.mode = ""  # what is really in use, where it says so


class Native(Rival):
    root = True

    def __init__(self):
        super().__init__("native", "the host's own directory")

    def start(self, place, kind, cpu, fresh=False):
        return None

    def view(self, place, kind, fresh=False):
        return place.shown(kind)


class Forest(Rival):
    sandboxes = True
    writes = False

    def __init__(self):
        super().__init__("forest", "directories of symbolic links")


    def start(self, place, kind, cpu, fresh=False):
        return None

    def view(self, place, kind, fresh=False):
        return {"data": place.forest, "sandbox": place.links}.get(kind)


class MemoryForest(Forest):
    """Sandboxes only, and as cheap as links can be."""

    reads = False

    def __init__(self):
        Rival.__init__(self, "forest-tmpfs", "the same on tmpfs")

    def start(self, place, kind, cpu, fresh=False):
        if not place.memory:
            raise Absent("/dev/shm is no tmpfs")

    def view(self, place, kind, fresh=False):
        return place.memory and place.memory / "links"


class Fuse(Rival):
    fuse = True
    root = True

    def view(self, place, kind, fresh=False):
        # A fresh server stands beside the one that stays.
        return place.mounts / ("%s%s-%s" % ("fresh-" if fresh else "", kind,
                                            self.name))


class Peer(Fuse):
    """Any FUSE server, given by its command line."""

    def __init__(self, name, title, command):
        super().__init__(name, title)
        self.command = command

    def start(self, place, kind, cpu, fresh=False):
        if kind == "sandbox":
            raise Absent("makes no sandboxes")
        mnt = self.view(place, kind, fresh)
        src = str(place.shown(kind))
        argv = [word.replace("{src}", src).replace("{mnt}", str(mnt))
                for word in self.command]
        return Server(argv, mnt, cpu)


class Sandboxfs(Fuse):
    """Us. The mode that was asked for must be the one in use."""

    sandboxes = True

    def __init__(self, name, title, binary, transport, passthrough):
        super().__init__(name, title)
        self.binary = binary
        self.transport, self.passthrough = transport, passthrough

    def start(self, place, kind, cpu, fresh=False):
        argv = [self.binary, "--transport", self.transport]
        if not self.passthrough:
            argv.append("--no-passthrough")
        if kind == "data":
            argv += ["--mapping=rw:/:%s" % place.src,
                     "--mapping=ro:/ro:%s" % (place.src / "ro")]
        elif kind == "memory":
            argv.append("--mapping=rw:/:%s" % place.shown(kind))
        elif kind == "root":
            argv += ["--mapping=ro:/:/",
                     "--mapping=rw:%s:%s" % (place.out, place.out)]
        else:
            argv += ["--input=-", "--output=-"]
        mnt = self.view(place, kind, fresh)
        server = Server(argv + [str(mnt)], mnt, cpu,
                        env={"RUST_LOG": "info"}, pipes=kind == "sandbox",
                        ready=lambda text: self._serving(text, mnt))
        try:
            self._check(self._serving(server.text(), mnt))
        except BaseException:
            server.stop()
            raise
        return server

    @staticmethod
    def _serving(text, mnt):
        m = re.search(r"serving %s: (.*)" % re.escape(str(mnt)), text)
        return m and m[1]

    def _check(self, line):
        said = dict(word.split("=", 1) for word in line.split()
                    if "=" in word)
        self.mode = line
        if said.get("transport") != self.transport:
            raise Absent("asked for transport %s, got: %s" %
                         (self.transport, line))
        has = said.get("passthrough") == "yes"
        if os.geteuid() == 0 and has != self.passthrough:
            raise Absent("asked for passthrough %s, got: %s" %
                         (self.passthrough, line))


def request(server, message):
    """Sends one JSON 0.2 request; returns its answer."""
    server.process.stdin.write(json.dumps(message).encode())
    server.process.stdin.flush()
    line = server.process.stdout.readline()
    answer = json.loads(line) if line else {"error": "no answer"}
    if answer["error"] is not None:
        raise RuntimeError("sandboxfs: %s" % answer["error"])
    return answer


def known(binary, peers):
    """All rivals in the order in which they are shown.

    @peers are (name, command line) pairs; the well-known ones are added when
    they are on PATH.
    """
    found = [Native()]
    if binary:
        found += [
            Sandboxfs("uring", "sandboxfs, io_uring", binary, "uring", True),
            Sandboxfs("dev", "sandboxfs, /dev/fuse", binary, "dev", True),
            Sandboxfs("uring-nopt", "sandboxfs, io_uring, no passthrough",
                      binary, "uring", False),
        ]
    found += [
        Peer("bindfs", "bindfs", ["bindfs", "-f", "{src}", "{mnt}"]),
        Forest(),
        MemoryForest(),
    ]
    named = {name for name, _ in peers}
    hp = ["passthrough_hp", "--foreground"]
    for name, command in (
            ("passthrough_ll", ["passthrough_ll", "-f", "-o",
                                "source={src},cache=always",
                                "{mnt}"]),
            ("passthrough_hp", hp + ["{src}", "{mnt}"]),
            ("passthrough_hp-uring",
             hp + ["-o", "io_uring", "{src}", "{mnt}"])):
        if name not in named and shutil.which(command[0]):
            found.append(Peer(name, "libfuse's " + name, command))
    for name, command in peers:
        found.append(Peer(name, name, shlex.split(command)))
    return found

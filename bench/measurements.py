"""What is measured.

A measurement is a sequence of rounds. In each round every rival does one
batch, in an order shuffled anew; a batch is one run of bench-loops, which
does the timing. A last batch for each server is done under the counters.

A batch is *cold* when the view has never been asked for its names. The host
has been: its caches are warm for all, and what is measured is the view alone.
Native "cold" is thus the same as native warm.
"""

import os
import shutil
import subprocess

import rivals as rivals_module

CC = "gcc"
SOURCE = """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	char *text = strdup(argc > 1 ? argv[1] : "world");

	if (!text)
		return 1;
	printf("hello %s\\n", text);
	free(text);
	return 0;
}
"""


class Measurement:
    kind = "data"    # which of a rival's views it works in
    base = "native"  # what the ratios are to
    unit = "call"
    scale = 1        # operations to a unit
    parts = ()       # further figures of a batch
    fresh = False    # each batch in a server of its own

    def __init__(self, name, title, rounds):
        self.name, self.title, self.rounds = name, title, rounds

    def applies(self, rival):
        return True

    def view(self, bench, rival):
        return rival.view(bench.place, self.kind, self.fresh)

    def setup(self, bench):
        """Makes what all rounds share."""

    def prepare(self, bench, round):
        """Makes what one round needs, for all rivals."""

    def before(self, bench, rival, server, round):
        """Called before each batch, not timed."""

    def after(self, bench, rival, server, round):
        """Called after each batch, not timed."""

    def arguments(self, bench, rival, server, round):
        """Arguments for bench-loops, and file descriptors that it needs."""
        raise NotImplementedError


def make_directory(bench, directory, count, size):
    """Makes a directory of files, and the forest's likeness of it."""
    path = bench.place.src / directory
    if path.exists():
        return
    path.mkdir(parents=True)
    bench.helper("make-files", "--count", count, "--size", size, path)
    if directory.startswith("ro/"):
        likeness = bench.place.forest / directory
        likeness.mkdir(parents=True)
        bench.helper("make-links", "--count", count, "--to", path, likeness)


class Warm(Measurement):
    """The same names again and again."""

    def __init__(self, name, title, rounds, op, count, passes=1, where="ro",
                 options=(), unit="call"):
        super().__init__(name, title, rounds)
        self.unit = unit
        self.op, self.count, self.passes = op, count, passes
        self.where, self.options = where, list(options)
        self.directory = "%s/%s" % (where, "ten-thousand"
                                    if op.startswith("list") else "warm")

    def applies(self, rival):
        return rival.reads and (self.where == "ro" or rival.writes)

    def setup(self, bench):
        make_directory(bench, self.directory, max(self.count, 1000),
                       0 if self.count > 1000 else 8192)

    def arguments(self, bench, rival, server, round):
        return [self.op, "--warm", "--count", self.count,
                "--passes", self.passes, *self.options,
                self.view(bench, rival) / self.directory], ()


class Cold(Measurement):
    """Names that the view was never asked for.

    Each batch has a mount of its own, whose server has answered 300 requests
    for other names: its threads are up and its code is warm, but it has no
    long list of known files (passthrough_ll goes through one at each lookup).

    Servers that keep a descriptor for each file pay for the growth of their
    descriptor table besides: with more than one thread, each doubling waits
    for an RCU grace period, some 10 ms. 300 and 150 descriptors lie between
    two such steps (256 and 512), so that the batches of 150 names are free of
    them; the longer ones have them in.
    """

    fresh = True

    def __init__(self, name, title, rounds, op, count, where="ro", size=0,
                 unit="call", prefix="f"):
        super().__init__(name, title, rounds)
        self.op, self.count, self.where = op, count, where
        self.size, self.unit, self.prefix = size, unit, prefix
        self.directory = "%s/cold-%d-%d" % (where, count, size)

    def applies(self, rival):
        return rival.reads and (self.where == "ro" or rival.writes)

    def setup(self, bench):
        make_directory(bench, self.directory, self.count, self.size)
        make_directory(bench, "ro/warm", 1000, 8192)

    def prepare(self, bench, round):
        bench.helper("list-stat", "--count", self.count,
                     bench.place.src / self.directory)

    def before(self, bench, rival, server, round):
        if server:
            bench.helper("stat", "--count", 300,
                         server.mnt / "ro" / "warm")

    def arguments(self, bench, rival, server, round):
        return [self.op, "--count", self.count, "--prefix", self.prefix,
                self.view(bench, rival) / self.directory], ()


class Writing(Measurement):
    """In a directory of each rival's own.

    What is created stays until the end: deletions slow the creations after
    them down on some file systems.
    """

    def __init__(self, name, title, rounds, op, options, size=0, unit="call",
                 scale=1):
        super().__init__(name, title, rounds)
        self.op, self.options, self.size = op, options, size
        self.unit, self.scale = unit, scale

    def applies(self, rival):
        return rival.writes

    def directory(self, rival):
        return "rw/%s-%s" % (self.name, rival.name)

    def setup(self, bench):
        for rival in bench.rivals:
            if self.applies(rival):
                path = bench.place.src / self.directory(rival)
                if not path.exists():
                    path.mkdir(parents=True)
                    if self.size:
                        bench.helper("make-files", "--size", self.size, path)

    def arguments(self, bench, rival, server, round):
        options = [self.op, *self.options]
        if self.op == "create":
            options += ["--prefix", "%d-" % round]
        return options + [self.view(bench, rival) /
                          self.directory(rival)], ()


class StreamWrite(Writing):
    """Sequential writes, on tmpfs: a disk would decide the figures."""

    kind = "memory"

    def __init__(self, name, title, rounds, size, chunk):
        super().__init__(name, title, rounds, "stream-write",
                         ["--size", size, "--chunk", chunk], unit="MiB",
                         scale=1 << 20)

    def setup(self, bench):
        if not bench.place.memory:
            raise rivals_module.Absent("/dev/shm is no tmpfs")
        for rival in bench.rivals:
            path = bench.place.memory / "data" / self.directory(rival)
            path.mkdir(parents=True, exist_ok=True)


class StreamRead(Measurement):
    unit = "MiB"
    scale = 1 << 20

    def applies(self, rival):
        return rival.reads

    def __init__(self, name, title, rounds, size, chunk):
        super().__init__(name, title, rounds)
        self.size, self.chunk = size, chunk

    def setup(self, bench):
        make_directory(bench, "ro/big", 1, self.size)
        # Not to be written back while others are timed.
        fd = os.open(bench.place.src / "ro/big/f000000", os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)

    def arguments(self, bench, rival, server, round):
        # What the server's mount has cached goes; the host's pages stay.
        drop = ["--drop"] if rival.fuse else []
        return ["stream-read", *drop, "--size", self.size,
                "--chunk", self.chunk,
                       self.view(bench, rival) / "ro/big"], ()


class Gcc(Measurement):
    """gcc -O2 -c of a small file with the view as its root."""

    kind = "root"
    unit = "run"

    def __init__(self, name, title, rounds, fresh=False):
        super().__init__(name, title, rounds)
        self.fresh = fresh

    def applies(self, rival):
        return rival.root

    def setup(self, bench):
        if os.geteuid() != 0:
            raise rivals_module.Absent("needs root, for chroot")
        if not shutil.which(CC):
            raise rivals_module.Absent(CC + " isn't installed")
        (bench.place.gcc / "hello.c").write_text(SOURCE)

    def output(self, bench, rival):
        # Of its own for each, as views may remember what they made.
        return bench.place.out / ("hello-%s.o" % rival.name)

    def after(self, bench, rival, server, round):
        if not self.output(bench, rival).stat().st_size:
            raise RuntimeError("gcc made nothing")

    def root(self, bench, rival, round):
        return self.view(bench, rival)

    def arguments(self, bench, rival, server, round):
        return ["exec", "--to", self.root(bench, rival, round),
                bench.place.gcc, shutil.which(CC), "-O2", "-c", "hello.c",
                "-o", self.output(bench, rival)], ()


class GccSandbox(Gcc):
    """The same in a new sandbox of a running sandboxfs."""

    def __init__(self, name, title, rounds):
        super().__init__(name, title, rounds)
        self.kind = "sandbox"

    def applies(self, rival):
        return rival.name == "native" or (rival.fuse and rival.sandboxes)

    def root(self, bench, rival, round):
        if rival.name == "native":
            return "/"
        return self.view(bench, rival) / self.id(round)

    @staticmethod
    def id(round):
        return "gcc%d" % round

    def before(self, bench, rival, server, round):
        if server:
            out = str(bench.place.out)
            rivals_module.request(server, {"C": {
                "i": self.id(round),
                "m": [{"p": "/", "u": "/"}, {"p": out, "u": out, "w": True}],
            }})

    def after(self, bench, rival, server, round):
        if server:
            rivals_module.request(server, {"D": self.id(round)})
        super().after(bench, rival, server, round)


class Sandboxes(Measurement):
    """Create and destroy, with the forest as what there is to beat."""

    kind = "sandbox"
    base = "forest"
    unit = "sandbox"
    next_id = 0

    def __init__(self, name, title, rounds, count, passes, touch=False):
        super().__init__(name, title, rounds)
        self.count, self.passes, self.touch = count, passes, touch
        self.parts = ("create", *(["touch"] if touch else []), "destroy")

    def applies(self, rival):
        return rival.sandboxes

    def setup(self, bench):
        path = bench.place.inputs
        if not (path / "out").exists():
            bench.helper("make-inputs", "--count", 10000, path)
            (path / "out").mkdir()

    def arguments(self, bench, rival, server, round):
        words = ["--count", self.count, "--passes", self.passes, "--to",
                 bench.place.inputs]
        if self.touch:
            words.append("--touch")
        if not server:
            return ["forest", *words, self.view(bench, rival)], ()
        fds = (server.process.stdin.fileno(), server.process.stdout.fileno())
        Sandboxes.next_id += self.passes
        return ["sandbox", *words,
            "--first", Sandboxes.next_id - self.passes,
            "--request-fd", fds[0], "--answer-fd", fds[1],
            self.view(bench, rival)], fds


def all_of(size, rounds):
    """The measurements. @size is of sequential reads and writes, in bytes;
    @rounds(n) turns the usual number of rounds into the one wanted."""
    few, some, more, many = rounds(7), rounds(15), rounds(25), rounds(60)
    mib = size >> 20
    return [
        # First, and creations next, while few inodes have been deleted.
        Sandboxes("sandbox 10", "create+destroy a sandbox of 10 mappings",
                  some, 10, 50),
        Sandboxes("sandbox 1000",
                  "create+destroy a sandbox of 1,000 mappings", some, 1000,
                  4),
        Sandboxes("sandbox 10000",
                  "create+destroy a sandbox of 10,000 mappings", some, 10000,
                  1),
        Sandboxes("sandbox used", "create a sandbox of 1,000 mappings, stat "
                  "each, destroy", some, 1000, 4, touch=True),
        Writing("create", "create+write 4k+close", some, "create",
                ["--count", 500]),
        Warm("warm stat", "stat of a name seen before", many, "stat", 1000,
             5),
        Warm("warm stat path", "stat of a name seen before, by a full path "
             "of 8 components", many, "stat", 1000, 5,
             options=["--full-path"]),
        Warm("warm stat rw", "stat of a name seen before, read/write mapping",
             many, "stat", 1000, 5, where="rw"),
        Cold("cold stat", "stat of names new to the view", more, "stat",
             150),
        Cold("cold stat rw", "stat of names new to the view, read/write "
             "mapping", more, "stat", 150, where="rw"),
        Cold("cold stat 5000", "stat of 5,000 names new to the view", few,
             "stat", 5000),
        Cold("absent stat", "stat of absent names, first time", more,
             "absent", 150, prefix="no-"),
        Warm("absent again", "stat of absent names, repeated", many,
             "absent", 500, 4, options=["--prefix", "no-"]),
        Warm("absent again rw", "stat of absent names, repeated, read/write "
             "mapping", many, "absent", 500, where="rw",
             options=["--prefix", "no-"]),
        Warm("open", "open+close", many, "open", 250),
        Warm("read", "open+read 4k+close of 8 KiB files", many, "read", 250),
        Warm("read rw", "open+read 4k+close, read/write mapping", many,
             "read", 250, where="rw"),
        Cold("cold read", "open+read 4k+close of files new to the view",
             more, "read", 150, size=8192),
        Cold("readdir", "readdir of 10,000 names, first time", few, "list",
             10000, unit="listing"),
        Warm("readdir again", "readdir of 10,000 names, repeated", some,
             "list", 10000, 1),
        Cold("readdir+stat", "readdir of 10,000 names and lstat of each, "
             "first time", few, "list-stat", 10000, unit="listing"),
        Writing("pwrite", "4k pwrite to an open file", many, "pwrite",
                ["--size", 4 << 20], size=4 << 20),
        StreamRead("stream read", "sequential read of %d MiB, 128 KiB a call"
                   % mib, few, size, 128 << 10),
        StreamRead("stream read 1M", "sequential read of %d MiB, 1 MiB a call"
                   % mib, few, size, 1 << 20),
        StreamWrite("stream write", "sequential write of %d MiB, 128 KiB a "
                    "call" % mib, few, size, 128 << 10),
        StreamWrite("stream write 1M", "sequential write of %d MiB, 1 MiB a "
                    "call" % mib, few, size, 1 << 20),
        Gcc("gcc", "gcc -O2 -c in a view used before", some),
        Gcc("gcc fresh", "gcc -O2 -c in a mount made for it", some,
            fresh=True),
        GccSandbox("gcc sandbox", "gcc -O2 -c in a sandbox made for it in "
                   "a running server", some),
    ]

"""Driving a real Bazel with sandboxfs, for the cases in test/cases/bazel.

A wrapper script stands in for the binary, because Bazel calls it with flags
of its own choice only: it adds those of the mode, and the log level that
makes the daemon say what is in use.
"""

import shutil

from sandboxfs import *

MAKE_PROJECT = Path(__file__).with_name("make-bazel-project")


class Bazel:
    """A workspace and the Bazel server that builds it."""

    def __init__(self, name, sandboxfs=True, modules=20, strategy=None,
                 under=tmp):
        self.top = Path(under) / name
        self.base = self.top / "base"
        self.workspace = self.top / "ws"
        self.top.mkdir()
        run(MAKE_PROJECT, "--modules", modules, self.workspace)
        self.startup = ["bazel",
                        "--output_user_root=%s" % (self.top / "root"),
                        "--output_base=%s" % self.base, "--max_idle_secs=60"]
        self.flags = [
            "--nosandbox_debug", "--jobs=2", "--color=no", "--curses=no",
            "--noshow_progress",
            "--spawn_strategy=%s" % (strategy or "processwrapper-sandbox")]
        if sandboxfs:
            self.flags += ["--experimental_use_sandboxfs",
                           "--experimental_sandboxfs_path=%s" %
                           self._wrapper()]

    def _wrapper(self):
        # Bazel deletes the log that it keeps itself when it is done.
        return write(self.top / "sandboxfs", """#!/bin/sh
[ "$1" = --version ] || exec 2>>'%s'
RUST_LOG=info exec '%s' %s "$@"
""" % (self.top / "log", binary, " ".join(mode.flags())), 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.command("shutdown", ok=False, timeout=60)
        shutil.rmtree(self.top, ignore_errors=True)

    def command(self, *args, **kwargs):
        kwargs.setdefault("timeout", 300)
        return run(*self.startup, *args, cwd=self.workspace, **kwargs)

    def build(self, target="//:sums", **kwargs):
        """Builds; returns what Bazel said."""
        return self.command("build", *self.flags, target, **kwargs).stderr

    def start_build(self, target="//:sums"):
        """Starts a build and returns at once: the client's process."""
        return subprocess.Popen(
            self.startup + ["build"] + self.flags + [target],
            cwd=self.workspace, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)

    def sums(self):
        """Checksums of all outputs, by name, as the build itself saw them."""
        return read(self.workspace / "bazel-bin" / "sums.txt")

    def edit(self, path, old, new):
        text = read(self.workspace / path)
        check(old in text, "%s has no %r" % (path, old))
        write(self.workspace / path, text.replace(old, new))

    def server_pid(self):
        return int(self.command("info", "server_pid").stdout)

    def daemon_pids(self):
        """sandboxfs processes of this workspace, guards included."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open("/proc/%s/cmdline" % entry, "rb") as f:
                    words = f.read().split(b"\0")
            except OSError:
                continue
            if (os.path.basename(words[0]) == b"sandboxfs" and
                    os.fsencode(self.mount_point()) in words):
                found.append(int(entry))
        return found

    def mount_point(self):
        return self.base / "sandbox" / "sandboxfs"

    def mounts(self):
        return mounts_under(self.base)

    def log(self):
        return read(self.top / "log")

    def check_log(self):
        """What Bazel ran was in the mode asked for, and had no troubles."""
        text = self.log()
        check("transport=%s" % mode.transport in text, text)
        check("passthrough=%s" % ("yes" if mode.passthrough else "no") in
              text, text)
        check("[ERROR]" not in text and "[WARN]" not in text, text)

    def wait_mounted(self):
        wait_for(lambda: any(kind == "fuse" for _, _, _, kind
                             in self.mounts()), "the build's mount", 60)

    def wait_gone(self):
        wait_for(lambda: not self.mounts(), "the mount to go", 10)
        wait_for(lambda: not self.daemon_pids(), "sandboxfs to end", 10)

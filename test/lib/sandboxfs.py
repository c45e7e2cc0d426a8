"""What the integration cases share.

A case is a short program that starts sandboxfs, looks at what a mount shows,
and ends with status 0 if all was as it should be, 77 (skip()) if it could not
be tried here, and anything else otherwise:

    with Sandboxfs(("ro", "/", host)) as m:
        fails(EPERM, open, m / "file", "w")

test/run starts it with a directory of its own (tmp), the binary to test
($SANDBOXFS) and the mode to run it in, and looks afterwards at what each
daemon wrote to its standard error, whether the case looked there or not.
"""

import ctypes
import ctypes.util
import errno as errno_module
import fcntl
import json
import os
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
from errno import *
from pathlib import Path

import sandboxfs_counters

__all__ = [n for n in dir(errno_module) if n.startswith("E")] + [
    "abandon", "binary", "check", "checkout", "Child", "cli", "entries", "eq",
    "fails", "FALLOC_KEEP_SIZE", "FALLOC_PUNCH_HOLE", "FALLOC_ZERO_RANGE",
    "fallocate", "full", "helper", "host_dir", "inside", "json", "libc",
    "link_fd", "mode", "mount_id", "mounts_under", "os", "other_gid",
    "other_uid", "Path", "pid_alive", "privileged", "raw", "read",
    "RENAME_EXCHANGE", "RENAME_NOREPLACE", "RENAME_WHITEOUT", "renameat2",
    "run", "run_as", "Sandboxfs", "signal", "skip", "slowness", "stat",
    "subprocess", "sys", "syscall", "time", "tmp", "Usage", "wait_for",
    "write",
]


def _absent(name):
    sys.exit("%s is not set: start cases through test/run" % name)


class _Mode:
    """The mode that the runner asked for."""

    def __init__(self, text):
        self.text = text
        self.transport, passthrough, self.user = text.split("+")
        self.passthrough = passthrough == "passthrough"

    def flags(self):
        flags = ["--transport", self.transport]
        # Unprivileged daemons are not told: the kernel must refuse them.
        if not self.passthrough and self.user == "root":
            flags.append("--no-passthrough")
        return flags


binary = os.environ.get("SANDBOXFS") or _absent("SANDBOXFS")
tmp = Path(os.environ.get("SANDBOXFS_TEST_TMP") or
           _absent("SANDBOXFS_TEST_TMP"))
mode = _Mode(os.environ.get("SANDBOXFS_TEST_MODE") or
             _absent("SANDBOXFS_TEST_MODE"))
# How much slower than usual things are (sanitizers); scales every wait.
slowness = float(os.environ.get("SANDBOXFS_TEST_SLOWNESS", "1"))
# Whether long-running cases do the full count of rounds.
full = os.environ.get("SANDBOXFS_TEST_FULL") == "1"
checkout = Path(__file__).resolve().parent.parent.parent
_helpers = os.environ.get("SANDBOXFS_TEST_HELPERS", "")

# Whether we are root where the daemon runs: then mode bits stop nobody, and
# what is not writable says EPERM where others are stopped by EACCES.
privileged = os.geteuid() == 0
# Somebody else than whoever runs the case.
other_uid, other_gid = 12345, 23456


class Usage(Exception):
    """sandboxfs ended instead of mounting."""

    def __init__(self, status, stderr):
        super().__init__("sandboxfs ended with status %s: %s" %
                         (status, stderr.strip()))
        self.status = status
        self.stderr = stderr


def skip(reason):
    """Ends the case: it can't be tried here."""
    print("skipped: " + reason)
    sys.exit(77)


def check(condition, what="check failed"):
    if not condition:
        raise AssertionError(what)


def eq(got, want, what=""):
    if got != want:
        raise AssertionError("%sgot %r, not %r" %
                             (what + ": " if what else "", got, want))


def _name(e):
    return errno_module.errorcode.get(e, str(e))


def fails(errnum, function, *args, **kwargs):
    """Checks that a call fails with this errno, or one of these."""
    wanted = errnum if isinstance(errnum, tuple) else (errnum,)
    try:
        result = function(*args, **kwargs)
    except OSError as e:
        if e.errno not in wanted:
            raise AssertionError("%s%r: got %s, not %s" % (
                getattr(function, "__name__", function), args,
                _name(e.errno), "/".join(map(_name, wanted)))) from None
        return
    if hasattr(result, "close"):
        result.close()
    raise AssertionError("%s%r: succeeded, instead of %s" % (
        getattr(function, "__name__", function), args,
        "/".join(map(_name, wanted))))


def abandon(fd):
    """Closes a file of a mount that is gone: closing may say so too."""
    try:
        os.close(fd)
    except OSError as e:
        check(e.errno in (ENOTCONN, ECONNABORTED, EIO), str(e))


def wait_for(condition, what, seconds=10):
    """Waits until a condition holds; returns what it gave."""
    end = time.monotonic() + seconds * slowness
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError("waited %g s in vain: %s" %
                                 (seconds * slowness, what))
        time.sleep(0.01)


def write(path, data="", mode=None):
    """Writes a whole file; makes the directories above it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    if mode is not None:
        os.chmod(path, mode)
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read().decode("utf-8", "surrogateescape")


def raw(path):
    with open(path, "rb") as f:
        return f.read()


def entries(path):
    return sorted(os.listdir(path))


def host_dir(name="host"):
    """A new directory on the host to map."""
    path = tmp / name
    path.mkdir(parents=True)
    return path


def helper(name):
    """The path of a C helper, built from test/lib."""
    path = os.path.join(_helpers, name)
    if not os.access(path, os.X_OK):
        sys.exit("helper %s is not built" % path)
    return path


def run(*args, ok=True, timeout=60, **kwargs):
    """Runs a program to its end; its output is in .stdout and .stderr."""
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    result = subprocess.run([str(a) for a in args], capture_output=True,
                            text=True, errors="surrogateescape",
                            timeout=timeout * slowness, **kwargs)
    if ok and result.returncode != 0:
        raise AssertionError("%s ended with %d\n%s%s" % (
            " ".join(str(a) for a in args), result.returncode, result.stdout,
            result.stderr))
    return result


def cli(*flags, env=None, timeout=20, **kwargs):
    """Runs sandboxfs where it should end by itself."""
    environment = dict(os.environ, **(env or {}))
    return run(binary, *flags, ok=False, timeout=timeout, env=environment,
               **kwargs)


def run_as(uid, gid, function, *args, groups=(), umask=None):
    """Calls a function in a child of other ids; raises what it raises."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        error = None
        try:
            os.close(r)
            os.setgroups(list(groups))
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            if umask is not None:
                os.umask(umask)
            function(*args)
        except OSError as e:
            error = {"errno": e.errno, "text": str(e)}
        except BaseException as e:
            error = {"text": "%s: %s" % (type(e).__name__, e)}
        with os.fdopen(w, "w") as f:
            json.dump(error, f)
            f.flush()
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as f:
        text = f.read()
    os.waitpid(pid, 0)
    check(text, "the child of uid %d died" % uid)
    error = json.loads(text)
    if error:
        if error.get("errno"):
            raise OSError(error["errno"], error["text"])
        raise AssertionError(error["text"])


def inside(m, *command, binds=("/dev", "/proc"), cwd="/", **kwargs):
    """Runs a program with the mount as its root directory.

    A new mount namespace gives it the host's /dev and /proc: a FUSE mount
    has no working device nodes, and /proc shows whoever serves it.
    """
    script = 'root=$1; cwd=$2; shift 2; '
    for bind in binds:
        script += 'mount --rbind %s "$root%s" && ' % (bind, bind)
    script += 'exec chroot "$root" sh -c \'cd "$0" && exec "$@"\' "$cwd" "$@"'
    unshare = ["unshare", "-m"] if privileged else ["unshare", "-Urm"]
    return run(*unshare, "sh", "-c", script, "sh", m.path, cwd, *command,
               **kwargs)


libc = ctypes.CDLL(None, use_errno=True)

# From <fcntl.h> and <linux/fs.h>, for syscall().
AT_FDCWD = -100
RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT = 1, 2, 4
FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE, FALLOC_ZERO_RANGE = 1, 2, 16


def renameat2(old, new, flags):
    return syscall("renameat2", AT_FDCWD, os.fsencode(old), AT_FDCWD,
                   os.fsencode(new), ctypes.c_uint(flags))


def link_fd(fd, path):
    """Gives an open file a name; os.link() would link the name in /proc."""
    return syscall("linkat", AT_FDCWD, b"/proc/self/fd/%d" % fd, AT_FDCWD,
                   os.fsencode(path), 0x400)


def fallocate(fd, mode, offset, length):
    return syscall("fallocate", fd, mode, ctypes.c_int64(offset),
                   ctypes.c_int64(length))


def syscall(name, *args):
    """Calls a libc function that returns -1 with errno; bytes for strings."""
    result = getattr(libc, name)(*args)
    if result == -1:
        e = ctypes.get_errno()
        raise OSError(e, "%s: %s" % (name, os.strerror(e)))
    return result


def pid_alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def _unescape(text):
    """The inverse of what mountinfo does to odd characters."""
    out, i = [], 0
    while i < len(text):
        if text[i] == "\\" and text[i + 1:i + 4].isdigit():
            out.append(chr(int(text[i + 1:i + 4], 8)))
            i += 4
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def mounts_under(path):
    """[(mount id, "major:minor", mount point, type)] at or below a path."""
    path = str(path)
    found = []
    with open("/proc/self/mountinfo", errors="surrogateescape") as f:
        for line in f:
            left, right = line.rstrip("\n").split(" - ", 1)
            fields = left.split(" ")
            where = _unescape(fields[4])
            if where == path or where.startswith(path.rstrip("/") + "/"):
                found.append((int(fields[0]), fields[2], where,
                              right.split(" ")[0]))
    return found


def mount_id(path):
    """The id of the topmost mount at exactly this path, or None."""
    ids = [i for i, _, where, _ in mounts_under(path) if where == str(path)]
    return ids[-1] if ids else None


class _Requests:
    """Counts the requests that one mount sends, by the kernel's tracepoint.

    with m.requests() as r:
        os.stat(m / "file")
    eq(r.total, 0)
    """

    _events = "events/fuse/fuse_request_send"

    def __init__(self, connection):
        base = "/sys/kernel/tracing/instances"
        if not os.access(base, os.W_OK):
            skip("no access to " + base)
        self.dir = os.path.join(base, "sandboxfs-test-%d" % os.getpid())
        self.connection = connection

    def _set(self, name, value):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write(value)

    def __enter__(self):
        try:
            os.mkdir(self.dir)
        except FileExistsError:
            pass
        try:
            self._set(self._events + "/filter",
                      "connection == %d" % self.connection)
        except FileNotFoundError:
            os.rmdir(self.dir)
            skip("this kernel has no fuse tracepoints")
        self._set("trace", "")
        self._set(self._events + "/enable", "1")
        return self

    def __exit__(self, *exc):
        self._set(self._events + "/enable", "0")
        self.by_op = {}
        with open(os.path.join(self.dir, "trace")) as f:
            for line in f:
                if "fuse_request_send:" in line:
                    op = line.split("(FUSE_", 1)[1].split(")")[0]
                    self.by_op[op] = self.by_op.get(op, 0) + 1
        # What was in flight from before is no business of the block's.
        self.total = sum(n for op, n in self.by_op.items()
                         if op not in ("FORGET", "BATCH_FORGET", "RELEASE",
                                       "RELEASEDIR", "INTERRUPT"))
        os.rmdir(self.dir)


class Sandboxfs:
    """One sandboxfs, from its start to its end.

    Positional arguments are mappings: ("ro" or "rw", path, host path). The
    mount point is `.path`; `m / "name"` is a path in it. With reconfig=True
    its --input and --output are pipes, for create(), destroy() and send().
    """

    _count = 0

    def __init__(self, *mappings, flags=(), at=None, reconfig=False,
                 mode_flags=True, env=None, wait=True, command=None,
                 log="info", **popen):
        Sandboxfs._count += 1
        self.path = Path(at) if at else tmp / ("mnt%d" % Sandboxfs._count)
        if not at:
            self.path.mkdir()
        self.log = tmp / ("daemon-%d.stderr" % Sandboxfs._count)
        self._asserts = tmp / ("daemon-%d.json" % Sandboxfs._count)
        flags = [str(f) for f in flags]
        if mode_flags:
            flags = mode.flags() + flags
        for kind, path, target in mappings:
            flags += ["--mapping", b"%s:%s:%s" % (
                kind.encode(), os.fsencode(path), os.fsencode(target))]
        if reconfig:
            flags += ["--input=-", "--output=-"]
        environment = dict(os.environ, RUST_LOG=log)
        environment.update(env or {})
        # The runner holds what the log says against this.
        self._asserts.write_text(json.dumps(
            {"transport": mode.transport,
             "passthrough": mode.passthrough and mode.user == "root"}
            if mode_flags else {}))
        argv = list(command or []) + [binary] + flags + [str(self.path)]
        with open(self.log, "wb") as stderr:
            self.process = subprocess.Popen(
                argv, stderr=stderr,
                stdin=subprocess.PIPE if reconfig else subprocess.DEVNULL,
                stdout=subprocess.PIPE if reconfig else subprocess.DEVNULL,
                env=environment, **popen)
        self.pid = self.process.pid
        self._buffer = b""
        self.expected_status = 1
        self._ended = False
        if wait:
            self.wait_mounted()

    def __truediv__(self, name):
        return self.path / name

    def __fspath__(self):
        return str(self.path)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        try:
            self.stop()
        except Exception:
            if kind is None:
                raise
            print("besides: could not stop sandboxfs", file=sys.stderr)

    def stderr(self):
        return self.log.read_text(errors="surrogateescape")

    def serving(self):
        """The line on what is in use, or None."""
        found = re.search(r"^\[INFO\] serving .*?: protocol=.*?$",
                          self.stderr(), re.M | re.S)
        return found[0] if found else None

    def wait_mounted(self):
        end = time.monotonic() + 20 * slowness
        while True:
            status = self.process.poll()
            if status is not None:
                self._ended = True
                raise Usage(status, self.stderr())
            if self.serving() and mount_id(self.path) is not None:
                break
            if time.monotonic() > end:
                self.process.kill()
                raise AssertionError("not mounted in time:\n" + self.stderr())
            time.sleep(0.005)
        self.mount = mount_id(self.path)

    @property
    def device(self):
        """The device number, which is the connection's number too."""
        return os.lstat(self.path).st_dev

    def requests(self):
        return _Requests(self.device)

    def fewest_requests(self, function, tries=3):
        """The requests that a call needs when it is warm.

        Somebody else on this machine may make the kernel drop its caches at
        any moment: the best of a few tries counts.
        """
        best = None
        for _ in range(tries):
            with self.requests() as r:
                function()
            if best is None or r.total < best.total:
                best = r
        return best

    def counters(self):
        """What SIGUSR1 prints: see sandboxfs_counters.parse()."""
        before = len(self.stderr())
        self.process.send_signal(signal.SIGUSR1)

        def text():
            t = self.stderr()[before:]
            return t if sandboxfs_counters.complete(t) else None
        return sandboxfs_counters.parse(
            wait_for(text, "counters on SIGUSR1"))

    def stop(self, how=signal.SIGTERM):
        """Ends it with a signal; checks its status and that it unmounted."""
        if self._ended:
            return self.process.returncode
        if self.process.poll() is None:
            if self.serving():
                try:
                    self.counters()
                except AssertionError:
                    if self.process.poll() is None:
                        self.process.kill()
                        self._ended = True
                        raise
            self.process.send_signal(how)
        return self.wait()

    def wait(self, seconds=20):
        """Waits for its end; checks its status and that it unmounted."""
        self._ended = True
        try:
            status = self.process.wait(seconds * slowness)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("sandboxfs did not end in time") from None
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass
        eq(mount_id(self.path), None, "left mounted")
        if self.expected_status is not None:
            eq(status, self.expected_status, "status of sandboxfs")
        return status

    def unmount(self):
        """Unmounts it from outside, as an administrator would."""
        if mode.user == "unprivileged":
            run("fusermount3", "-u", self.path)
        else:
            run("umount", self.path)
        self.expected_status = 0
        return self.wait()

    # Reconfiguration.

    def send(self, data):
        """Sends bytes as they are, text as UTF-8, anything else as JSON."""
        if not isinstance(data, (bytes, str)):
            data = json.dumps(data)
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogateescape")
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def line(self, seconds=20):
        """The next line of answer, without its end; None at the end."""
        end = time.monotonic() + seconds * slowness
        fd = self.process.stdout.fileno()
        while b"\n" not in self._buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                raise AssertionError("no answer in time; so far %r" %
                                     self._buffer)
            chunk = os.read(fd, 65536)
            if not chunk:
                check(not self._buffer, "half a line: %r" % self._buffer)
                return None
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.decode("utf-8", "surrogateescape")

    def answer(self):
        """The next answer as an object of exactly the two known keys."""
        line = self.line()
        check(line is not None, "end of answers instead of one")
        answer = json.loads(line)
        eq(sorted(answer), ["error", "id"], "keys of " + line)
        return answer

    def request(self, request, id=None):
        """Sends one request and gives the error it is answered with."""
        self.send(request)
        answer = self.answer()
        if id is not None:
            eq(answer["id"], id, "id answered")
        return answer["error"]

    @staticmethod
    def creation(id, mappings=(), prefixes=None):
        c = {"id": id, "mappings": [
            {"path": str(path), "underlying_path": str(target),
             "writable": kind == "rw"} for kind, path, target in mappings]}
        if prefixes:
            c["prefixes"] = prefixes
        return {"CreateSandbox": c}

    def create(self, id, *mappings, error=None):
        """Creates a sandbox, or adds to it; checks the answer."""
        eq(self.request(self.creation(id, mappings), id), error,
           "creating " + id)

    def destroy(self, id, error=None):
        eq(self.request({"DestroySandbox": id}, id), error,
           "destroying " + id)


class Child:
    """A process of its own that runs a function, for what only happens
    between two processes: locks, files that others hold open.

    The function gets the child; child.say(x) there is child.heard() here,
    and child.wait() there waits for child.go() here.
    """

    def __init__(self, function, *args):
        say_r, say_w = os.pipe()
        go_r, go_w = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(say_r)
            os.close(go_w)
            self._say, self._go = say_w, go_r
            status = 0
            try:
                function(self, *args)
            except BaseException as e:
                print("child: %s: %s" % (type(e).__name__, e),
                      file=sys.stderr, flush=True)
                status = 1
            os._exit(status)
        os.close(say_w)
        os.close(go_r)
        self._heard, self._let = say_r, go_w

    def say(self, what):
        os.write(self._say, (json.dumps(what) + "\n").encode())

    def wait(self):
        os.read(self._go, 1)

    def heard(self, seconds=10):
        """What the child says next; None if it says nothing in time."""
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self._heard], [], [],
                                 seconds * slowness)[0]:
                return None
            byte = os.read(self._heard, 1)
            check(byte, "the child ended")
            line += byte
        return json.loads(line)

    def go(self):
        os.write(self._let, b"x")

    def end(self):
        """Waits for the child to end well."""
        eq(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), 0,
           "status of the child")

/*
 * sandboxfs doctor: says what this host offers and what it lacks, what it
 * costs to lack it, and which command mends it.
 */
#include "cli/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/magic.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cli/commands.h"
#include "fuse/fusermount.h"
#include "util/fd.h"

/* Views of the size that build tools make want this many. */
#define FILE_LIMIT_WANTED 65536

/* The kernel's fixed inode number of the first user namespace. */
#define INITIAL_USERNS 4026531837u

enum state {
	STATE_OK,
	STATE_MISSING,
	STATE_UNKNOWN,
};

/* What a check finds; cost is for STATE_MISSING, mend for all but STATE_OK. */
struct finding {
	enum state state;
	char what[256];
	const char *cost;
	char mend[256];
};

static void found(struct finding *f, enum state state, const char *what)
{
	f->state = state;
	snprintf(f->what, sizeof(f->what), "%s", what);
}

static void mend(struct finding *f, const char *command)
{
	snprintf(f->mend, sizeof(f->mend), "%s", command);
}

static bool host_path(
	const struct doctor_host *host, const char *path, char buf[PATH_MAX])
{
	return snprintf(buf, PATH_MAX, "%s%s", host->root, path) < PATH_MAX;
}

static bool exists(const struct doctor_host *host, const char *path)
{
	char full[PATH_MAX];

	return host_path(host, path, full) && access(full, F_OK) == 0;
}

/* The first word of a small file. Return: false if there is none. */
static bool read_word(
	const struct doctor_host *host, const char *path, char word[32])
{
	char full[PATH_MAX];
	bool ok = false;
	FILE *in;

	if (!host_path(host, path, full))
		return false;
	in = fopen(full, "re");
	if (in) {
		ok = fscanf(in, "%31s", word) == 1;
		fclose(in);
	}
	return ok;
}

static void check_device(const struct doctor_host *host, struct finding *f)
{
	_cleanup_fd_ int fd = -1;
	char full[PATH_MAX];

	f->cost = "nothing can be mounted";
	if (!host_path(host, "/dev/fuse", full))
		return;
	fd = open(full, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		found(f, STATE_OK, "can be opened");
		return;
	}
	found(f, STATE_MISSING, strerror(errno));
	if (errno == EACCES || errno == EPERM)
		mend(f, "chmod 666 /dev/fuse (in a container: --device "
			"/dev/fuse)");
	else
		mend(f, "modprobe fuse (in a container: --device /dev/fuse)");
}

static void check_fusermount(const struct doctor_host *host, struct finding *f)
{
	char path[PATH_MAX], full[PATH_MAX];
	struct stat st;

	f->cost = "only root can mount";
	if (!fusermount_find(host->root, host->path, path) ||
		!host_path(host, path, full) || stat(full, &st) < 0) {
		found(f, STATE_MISSING, "not found");
		mend(f, "apt install fuse3");
	} else if (!host->initial_userns && host->sys_admin) {
		/* Nor could it be: its owner isn't our root. */
		found(f, STATE_OK, "not needed in a user namespace");
	} else if (!(st.st_mode & S_ISUID) || st.st_uid != 0) {
		f->state = STATE_MISSING;
		snprintf(f->what, sizeof(f->what), "%.200s is not set-uid root",
			path);
		snprintf(f->mend, sizeof(f->mend),
			"chown root %.100s && chmod u+s %.100s", path, path);
	} else {
		f->state = STATE_OK;
		snprintf(f->what, sizeof(f->what), "%.200s", path);
	}
}

/* Whoever isn't root needs both; see kfuse_mount_new(). */
static void check_mounting(const struct doctor_host *host, struct finding *f)
{
	struct finding part = { 0 };

	f->cost = "no sandboxfs can be mounted";
	check_device(host, &part);
	if (part.state != STATE_OK) {
		found(f, STATE_MISSING, "not without /dev/fuse");
	} else if (host->sys_admin) {
		found(f, STATE_OK, "directly (CAP_SYS_ADMIN)");
		return;
	} else {
		check_fusermount(host, &part);
		if (part.state == STATE_OK) {
			found(f, STATE_OK, "through fusermount3");
			return;
		}
		found(f, STATE_MISSING,
			"neither CAP_SYS_ADMIN nor a fusermount3 that works");
	}
	mend(f, part.mend);
}

static void check_protocol(const struct doctor_host *host, struct finding *f)
{
	f->cost = "nothing can be served";
	if (host->offer_error) {
		f->state = STATE_UNKNOWN;
		snprintf(f->what, sizeof(f->what), "not known (%.200s)",
			host->offer_why.text);
		mend(f, "sudo sandboxfs doctor");
		return;
	}
	snprintf(f->what, sizeof(f->what), "%u.%u", host->offer.major,
		host->offer.minor);
	if (host->offer.major == 7 && host->offer.minor >= 36)
		return;
	f->state = STATE_MISSING;
	mend(f, "use Linux 5.17 or later");
}

static void check_uring(const struct doctor_host *host, struct finding *f)
{
	static const char parameter[] =
		"/sys/module/fuse/parameters/enable_uring";
	char word[32];

	f->cost = "requests come through /dev/fuse, whose round trip takes "
		  "several times as long";
	if (!exists(host, "/sys/module/fuse")) {
		found(f, STATE_MISSING, "the kernel's fuse module isn't there");
		mend(f, "modprobe fuse");
	} else if (!read_word(host, parameter, word)) {
		found(f, STATE_MISSING, "this kernel doesn't have it");
		mend(f, "use Linux 6.14 or later with CONFIG_FUSE_IO_URING");
	} else if (strcmp(word, "Y") != 0 && strcmp(word, "1") != 0) {
		found(f, STATE_MISSING, "switched off");
		snprintf(f->mend, sizeof(f->mend), "echo Y > %s", parameter);
	} else if (!host->offer_error && !host->offer.uring) {
		found(f, STATE_MISSING, "switched on, yet not offered");
		mend(f, "use Linux 6.14 or later with CONFIG_FUSE_IO_URING");
	} else {
		found(f, STATE_OK, "switched on");
	}
}

static void check_io_uring(const struct doctor_host *host, struct finding *f)
{
	char word[32];

	f->cost = "FUSE over io_uring can't be used";
	if (host->io_uring_error == 0) {
		found(f, STATE_OK, "allowed");
		return;
	}
	f->state = STATE_MISSING;
	if (host->io_uring_error == -ENOSYS) {
		found(f, STATE_MISSING, "this kernel doesn't have it");
		mend(f, "use Linux 6.14 or later with CONFIG_IO_URING");
	} else if (read_word(
			   host, "/proc/sys/kernel/io_uring_disabled", word) &&
		   strcmp(word, "0") != 0) {
		snprintf(f->what, sizeof(f->what),
			"refused: kernel.io_uring_disabled is %s", word);
		mend(f, "sysctl -w kernel.io_uring_disabled=0");
	} else {
		snprintf(f->what, sizeof(f->what), "refused: %s",
			strerror(-host->io_uring_error));
		mend(f, "allow the io_uring system calls in the seccomp "
			"profile of the container");
	}
}

static void check_passthrough(const struct doctor_host *host, struct finding *f)
{
	f->cost = "data of files is copied through the daemon";
	if (!host->offer_error && !host->offer.passthrough) {
		found(f, STATE_MISSING, "this kernel doesn't have it");
		mend(f, "use Linux 6.9 or later with CONFIG_FUSE_PASSTHROUGH");
	} else if (!host->sys_admin) {
		found(f, STATE_MISSING, "not allowed without CAP_SYS_ADMIN");
		mend(f, "run sandboxfs as root");
	} else if (!host->initial_userns) {
		found(f, STATE_MISSING, "not allowed in a user namespace");
		mend(f, "run sandboxfs as root of the host");
	} else if (host->offer_error) {
		found(f, STATE_UNKNOWN, "allowed, if the kernel has it");
		mend(f, "sudo sandboxfs doctor");
	} else {
		found(f, STATE_OK,
			host->root_is_overlay
				? "allowed, from overlays too (depth 2)"
				: "allowed, from plain file systems (depth 1)");
	}
}

static void check_allow_other(const struct doctor_host *host, struct finding *f)
{
	char full[PATH_MAX], line[256], word[32], rest[2];
	FILE *in = NULL;

	f->cost = "--allow=other and --allow=root work for root only";
	found(f, STATE_MISSING, "not in /etc/fuse.conf");
	mend(f, "echo user_allow_other >> /etc/fuse.conf");
	if (host_path(host, "/etc/fuse.conf", full))
		in = fopen(full, "re");
	if (!in)
		return;
	while (fgets(line, sizeof(line), in))
		if (sscanf(line, "%31s %1s", word, rest) == 1 &&
			!strcmp(word, "user_allow_other"))
			found(f, STATE_OK, "set in /etc/fuse.conf");
	fclose(in);
}

static void check_files(const struct doctor_host *host, struct finding *f)
{
	f->cost = "large views run out of file descriptors";
	snprintf(f->what, sizeof(f->what), "%llu open files",
		(unsigned long long)host->file_limit);
	if (host->file_limit >= FILE_LIMIT_WANTED)
		return;
	f->state = STATE_MISSING;
	snprintf(f->mend, sizeof(f->mend),
		"ulimit -Hn %u (systemd: LimitNOFILE=%u)", 1u << 20, 1u << 20);
}

static void check_userns(const struct doctor_host *host, struct finding *f)
{
	static const struct {
		const char *file, *bad, *command;
	} switches[] = {
		{ "/proc/sys/user/max_user_namespaces", "0",
			"sysctl -w user.max_user_namespaces=15000" },
		{ "/proc/sys/kernel/unprivileged_userns_clone", "0",
			"sysctl -w kernel.unprivileged_userns_clone=1" },
		{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
			"sysctl -w "
			"kernel.apparmor_restrict_unprivileged_userns=0" },
	};
	char word[32];

	f->cost = "nobody but root can mount without fusermount3";
	if (host->userns_error == 0) {
		found(f, STATE_OK, "can be made");
		return;
	}
	f->state = STATE_MISSING;
	snprintf(f->what, sizeof(f->what), "can't be made: %s",
		strerror(-host->userns_error));
	mend(f, "allow unshare(CLONE_NEWUSER) in the container's settings");
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++)
		if (read_word(host, switches[i].file, word) &&
			!strcmp(word, switches[i].bad)) {
			mend(f, switches[i].command);
			break;
		}
}

static const struct check {
	const char *name;
	bool essential;
	void (*run)(const struct doctor_host *host, struct finding *f);
} checks[] = {
	{ "mounting", true, check_mounting },
	{ "/dev/fuse", true, check_device },
	{ "FUSE protocol", true, check_protocol },
	{ "FUSE over io_uring", false, check_uring },
	{ "io_uring", false, check_io_uring },
	{ "passthrough", false, check_passthrough },
	{ "fusermount3", false, check_fusermount },
	{ "user_allow_other", false, check_allow_other },
	{ "RLIMIT_NOFILE", false, check_files },
	{ "user namespaces", false, check_userns },
};

bool doctor_report(const struct doctor_host *host, FILE *out)
{
	static const char *const words[] = {
		[STATE_OK] = "ok",
		[STATE_MISSING] = "missing",
		[STATE_UNKNOWN] = "unknown",
	};
	bool good = true;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		struct finding f = { 0 };

		checks[i].run(host, &f);
		fprintf(out, "%-8s %s: %s", words[f.state], checks[i].name,
			f.what);
		if (f.state == STATE_MISSING)
			fprintf(out, "; without it %s; mend: %s", f.cost,
				f.mend);
		else if (f.state == STATE_UNKNOWN)
			fprintf(out, "; to find out: %s", f.mend);
		fputc('\n', out);
		if (f.state == STATE_MISSING && checks[i].essential)
			good = false;
	}
	return good;
}

static bool has_sys_admin(void)
{
	static const char field[] = "CapEff:";
	unsigned long long caps = 0;
	char line[256];
	FILE *in = fopen("/proc/self/status", "re");

	if (!in)
		return false;
	while (fgets(line, sizeof(line), in))
		if (!strncmp(line, field, sizeof(field) - 1))
			caps = strtoull(line + sizeof(field) - 1, NULL, 16);
	fclose(in);
	return caps >> 21 & 1; /* CAP_SYS_ADMIN */
}

static int try_io_uring(void)
{
	struct io_uring_params params = { 0 };
	long fd = syscall(SYS_io_uring_setup, 1, &params);

	if (fd < 0)
		return -errno;
	close((int)fd);
	return 0;
}

void doctor_look(struct doctor_host *host)
{
	struct rlimit limit = { 0 };
	struct statfs fs = { 0 };
	struct stat st = { 0 };

	*host = (struct doctor_host){
		.root = "",
		.path = getenv("PATH"),
		.sys_admin = has_sys_admin(),
		.initial_userns = stat("/proc/self/ns/user", &st) == 0 &&
				  st.st_ino == INITIAL_USERNS,
		.root_is_overlay = statfs("/", &fs) == 0 &&
				   fs.f_type == OVERLAYFS_SUPER_MAGIC,
		.io_uring_error = try_io_uring(),
		.userns_error = kfuse_probe_user_namespace(),
	};
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		host->file_limit = limit.rlim_max;
	host->offer_error = kfuse_probe(&host->offer, &host->offer_why);
}

int doctor_main(const char *program, int argc, char *const argv[])
{
	struct doctor_host host;
	bool good;

	if (argc == 1 && !strcmp(argv[0], "--help")) {
		printf("Usage: %s doctor\n\n"
		       "Says what this host offers to sandboxfs and what it "
		       "lacks, what that costs,\nand the command that mends "
		       "it. Exits with 0 if all that is needed to mount\nis "
		       "there, else with 1.\n",
			program);
		return fflush(stdout) == 0 ? STATUS_OK : STATUS_ERROR;
	}
	if (argc > 0) {
		fprintf(stderr,
			"Usage error: doctor takes no arguments but --help\n"
			"Type %s doctor --help for more information\n",
			program);
		return STATUS_USAGE;
	}
	doctor_look(&host);
	good = doctor_report(&host, stdout);
	if (fflush(stdout) != 0)
		return STATUS_ERROR;
	return good ? STATUS_OK : STATUS_ERROR;
}

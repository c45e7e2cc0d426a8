/* The doctor, shown hosts of all kinds. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/doctor.h"

#define ENABLE_URING "/sys/module/fuse/parameters/enable_uring"
#define DISABLED     "/proc/sys/kernel/io_uring_disabled"

static char root[32];

/* Makes a file of the fake host, with the folders above it. */
static void put(const char *path, mode_t mode, const char *text)
{
	char full[PATH_MAX];
	int fd;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *slash = full + strlen(root) + 1;
		(slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	unlink(full);
	fd = open(full, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void drop(const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	assert_int_equal(unlink(full), 0);
}

static int remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

/* A host where everything is there. */
static struct doctor_host healthy(void)
{
	return (struct doctor_host){
		.root = root,
		.path = "/usr/local/bin:/opt/fuse/bin",
		.sys_admin = true,
		.initial_userns = true,
		.file_limit = 1 << 20,
		.offer = { .major = 7,
			.minor = 45,
			.uring = true,
			.passthrough = true },
	};
}

static int set_up(void **state)
{
	strcpy(root, "/tmp/test-doctor.XXXXXX");
	assert_non_null(mkdtemp(root));
	put("/dev/fuse", 0666, "");
	put(ENABLE_URING, 0644, "Y\n");
	put(DISABLED, 0644, "0\n");
	put("/etc/fuse.conf", 0644, "#user_allow_other\n user_allow_other \n");
	put("/opt/fuse/bin/fusermount3", 04755, "");
	return 0;
}

static int tear_down(void **state)
{
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

/*
 * The line about @name, without its newline; the next call overwrites it.
 * *@good tells what the exit status says.
 */
static const char *line_of(
	const struct doctor_host *host, const char *name, bool *good)
{
	static char line[1024];
	char *text = NULL, *start, prefix[64];
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	*good = doctor_report(host, out);
	fclose(out);
	line[0] = '\0';
	for (char *s = strtok_r(text, "\n", &start); s;
		s = strtok_r(NULL, "\n", &start)) {
		/* "STATE   NAME: ..." */
		snprintf(prefix, sizeof(prefix), "%s: ", name);
		if (strlen(s) > 9 && !strncmp(s + 9, prefix, strlen(prefix)))
			snprintf(line, sizeof(line), "%s", s);
	}
	free(text);
	assert_true(line[0]);
	return line;
}

static void expect(const struct doctor_host *host, const char *name,
	bool want_good, const char *start, const char *end)
{
	bool good;
	const char *line = line_of(host, name, &good);

	if (strncmp(line, start, strlen(start)) != 0 ||
		strlen(line) < strlen(end) ||
		strcmp(line + strlen(line) - strlen(end), end) != 0)
		fail_msg("'%s' is not '%s'...'%s'", line, start, end);
	assert_int_equal(good, want_good);
}

static void test_healthy(void **state)
{
	struct doctor_host host = healthy();
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	/* Only root can make set-uid root files. */
	if (geteuid() != 0)
		skip();
	assert_true(doctor_report(&host, out));
	fclose(out);
	assert_null(strstr(text, "missing"));
	assert_null(strstr(text, "unknown"));
	assert_null(strstr(text, "mend"));
	free(text);
}

static void test_device(void **state)
{
	struct doctor_host host = healthy();

	drop("/dev/fuse");
	expect(&host, "/dev/fuse", false,
		"missing  /dev/fuse: No such file or directory; ",
		"; mend: modprobe fuse (in a container: --device /dev/fuse)");
	expect(&host, "mounting", false,
		"missing  mounting: not without /dev/fuse; ",
		"; mend: modprobe fuse (in a container: --device /dev/fuse)");
	if (geteuid() == 0)
		return; /* may open everything */
	put("/dev/fuse", 0, "");
	expect(&host, "/dev/fuse", false,
		"missing  /dev/fuse: Permission denied; ",
		"; mend: chmod 666 /dev/fuse (in a container: --device "
		"/dev/fuse)");
}

static void test_mounting(void **state)
{
	struct doctor_host host = healthy();

	expect(&host, "mounting", true, "ok       mounting: directly", "");
	host.sys_admin = false;
	put("/opt/fuse/bin/fusermount3", 0755, "");
	expect(&host, "mounting", false,
		"missing  mounting: neither CAP_SYS_ADMIN nor a fusermount3",
		"mend: chown root /opt/fuse/bin/fusermount3 && chmod u+s "
		"/opt/fuse/bin/fusermount3");
	drop("/opt/fuse/bin/fusermount3");
	expect(&host, "mounting", false,
		"missing  mounting: neither CAP_SYS_ADMIN nor a fusermount3",
		"mend: apt install fuse3");
	if (geteuid() != 0)
		return;
	put("/usr/bin/fusermount3", 04755, "");
	expect(&host, "mounting", true, "ok       mounting: through", "");
}

static void test_fusermount(void **state)
{
	struct doctor_host host = healthy();

	if (geteuid() != 0)
		skip();
	expect(&host, "fusermount3", true,
		"ok       fusermount3: /opt/fuse/bin/fusermount3", "");
	/* The usual places come after PATH, and without any. */
	put("/bin/fusermount3", 04755, "");
	expect(&host, "fusermount3", true,
		"ok       fusermount3: /opt/fuse/bin/fusermount3", "");
	host.initial_userns = false;
	expect(&host, "fusermount3", true,
		"ok       fusermount3: not needed in a user namespace", "");
	host.initial_userns = true;
	host.path = NULL;
	expect(&host, "fusermount3", true,
		"ok       fusermount3: /bin/fusermount3", "");
	host.path = "";
	put("/usr/bin/fusermount3", 04755, "");
	expect(&host, "fusermount3", true,
		"ok       fusermount3: /usr/bin/fusermount3", "");
	/* What can't be run isn't one. Root doesn't need any. */
	put("/usr/bin/fusermount3", 0644, "");
	drop("/bin/fusermount3");
	expect(&host, "fusermount3", true, "missing  fusermount3: not found; ",
		"; mend: apt install fuse3");
}

static void test_protocol(void **state)
{
	struct doctor_host host = healthy();

	expect(&host, "FUSE protocol", true, "ok       FUSE protocol: 7.45",
		"");
	host.offer.minor = 38;
	expect(&host, "FUSE protocol", true, "ok       FUSE protocol: 7.38",
		"");
	host.offer.minor = 35;
	expect(&host, "FUSE protocol", false, "missing  FUSE protocol: 7.35; ",
		"; mend: use Linux 5.17 or later");
	/* Not being allowed to look is no defect. */
	host.offer_error = -EPERM;
	sb_error_set(&host.offer_why, "Mounting: Operation not permitted");
	expect(&host, "FUSE protocol", true,
		"unknown  FUSE protocol: not known (Mounting: Operation not "
		"permitted); ",
		"; to find out: sudo sandboxfs doctor");
}

static void test_uring(void **state)
{
	struct doctor_host host = healthy();
	const char *name = "FUSE over io_uring";

	expect(&host, name, true, "ok       FUSE over io_uring: switched on",
		"");
	put(ENABLE_URING, 0644, "1\n");
	expect(&host, name, true, "ok       FUSE over io_uring: switched on",
		"");
	host.offer.uring = false;
	expect(&host, name, true,
		"missing  FUSE over io_uring: switched on, yet not offered; ",
		"");
	put(ENABLE_URING, 0644, "N\n");
	expect(&host, name, true, "missing  FUSE over io_uring: switched off; ",
		"; mend: echo Y > " ENABLE_URING);
	put(ENABLE_URING, 0644, "");
	expect(&host, name, true,
		"missing  FUSE over io_uring: this kernel doesn't have it; ",
		"CONFIG_FUSE_IO_URING");
	drop(ENABLE_URING);
	expect(&host, name, true,
		"missing  FUSE over io_uring: this kernel doesn't have it; ",
		"CONFIG_FUSE_IO_URING");
	host.root = "/nonexistent";
	expect(&host, name, false,
		"missing  FUSE over io_uring: the kernel's fuse module isn't "
		"there; ",
		"; mend: modprobe fuse");
}

static void test_io_uring(void **state)
{
	struct doctor_host host = healthy();

	expect(&host, "io_uring", true, "ok       io_uring: allowed", "");
	host.io_uring_error = -EPERM;
	expect(&host, "io_uring", true,
		"missing  io_uring: refused: Operation not permitted; ",
		"seccomp profile of the container");
	put(DISABLED, 0644, "2\n");
	expect(&host, "io_uring", true,
		"missing  io_uring: refused: kernel.io_uring_disabled is 2; ",
		"; mend: sysctl -w kernel.io_uring_disabled=0");
	host.io_uring_error = -ENOSYS;
	expect(&host, "io_uring", true,
		"missing  io_uring: this kernel doesn't have it; ",
		"CONFIG_IO_URING");
}

static void test_passthrough(void **state)
{
	struct doctor_host host = healthy();

	expect(&host, "passthrough", true,
		"ok       passthrough: allowed, from plain file systems", "");
	host.root_is_overlay = true;
	expect(&host, "passthrough", true,
		"ok       passthrough: allowed, from overlays too", "");
	host.initial_userns = false;
	expect(&host, "passthrough", true,
		"missing  passthrough: not allowed in a user namespace; ",
		"; mend: run sandboxfs as root of the host");
	host.offer_error = -EPERM;
	host.initial_userns = true;
	expect(&host, "passthrough", true,
		"unknown  passthrough: allowed, if the kernel has it; ", "");
	host.offer_error = 0;
	host.offer.passthrough = false;
	expect(&host, "passthrough", true,
		"missing  passthrough: this kernel doesn't have it; ",
		"CONFIG_FUSE_PASSTHROUGH");
	host.offer.passthrough = true;
	host.sys_admin = false;
	put("/opt/fuse/bin/fusermount3", 04755, "");
	expect(&host, "passthrough", geteuid() == 0,
		"missing  passthrough: not allowed without CAP_SYS_ADMIN; ",
		"; mend: run sandboxfs as root");
}

static void test_allow_other(void **state)
{
	static const char *const bad[] = { "", "#user_allow_other\n",
		"# user_allow_other\n", "user_allow_other_not\n",
		"user_allow_other = 1\n", "mount_max = 10\n" };
	static const char *const good[] = { "user_allow_other",
		"mount_max = 10\n\tuser_allow_other\n",
		"user_allow_other\nnonsense" };
	struct doctor_host host = healthy();

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		put("/etc/fuse.conf", 0644, good[i]);
		expect(&host, "user_allow_other", true, "ok       ", "");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		put("/etc/fuse.conf", 0644, bad[i]);
		expect(&host, "user_allow_other", true,
			"missing  user_allow_other: not in /etc/fuse.conf; ",
			"; mend: echo user_allow_other >> /etc/fuse.conf");
	}
	drop("/etc/fuse.conf");
	expect(&host, "user_allow_other", true, "missing  ", "");
}

static void test_files(void **state)
{
	struct doctor_host host = healthy();

	expect(&host, "RLIMIT_NOFILE", true,
		"ok       RLIMIT_NOFILE: 1048576 open files", "");
	host.file_limit = 4096;
	expect(&host, "RLIMIT_NOFILE", true,
		"missing  RLIMIT_NOFILE: 4096 open files; ",
		"(systemd: LimitNOFILE=1048576)");
}

static void test_userns(void **state)
{
	struct doctor_host host = healthy();

	expect(&host, "user namespaces", true,
		"ok       user namespaces: ", "");
	host.userns_error = -ENOSPC;
	expect(&host, "user namespaces", true,
		"missing  user namespaces: can't be made: No space left on "
		"device; ",
		"in the container's settings");
	put("/proc/sys/user/max_user_namespaces", 0644, "0\n");
	expect(&host, "user namespaces", true, "missing  ",
		"; mend: sysctl -w user.max_user_namespaces=15000");
	put("/proc/sys/user/max_user_namespaces", 0644, "7000\n");
	put("/proc/sys/kernel/unprivileged_userns_clone", 0644, "0\n");
	expect(&host, "user namespaces", true, "missing  ",
		"; mend: sysctl -w kernel.unprivileged_userns_clone=1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_healthy),
		TEST(test_device),
		TEST(test_mounting),
		TEST(test_fusermount),
		TEST(test_protocol),
		TEST(test_uring),
		TEST(test_io_uring),
		TEST(test_passthrough),
		TEST(test_allow_other),
		TEST(test_files),
		TEST(test_userns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

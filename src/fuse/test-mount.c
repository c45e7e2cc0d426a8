/*
 * Mounting and unmounting for real, in a mount namespace of our own that
 * takes everything with it. No file system here is ever served: what these
 * tests ask of the kernel must not need an answer.
 *
 * Where that isn't allowed, the tests are skipped (exit status 77).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fuse/mount.h"
#include "fuse/mountinfo.h"
#include "fuse/unmount.h"
#include "util/log.h"

static char top[] = "/tmp/test-mount.XXXXXX";

/* A mount point whose name needs escaping everywhere. */
static char point[64], other[64];

static int count_visit(const struct mountinfo *info, void *ctx)
{
	int *n = ctx;

	if (!strncmp(info->mount_point, top, strlen(top)))
		(*n)++;
	return 0;
}

/* How many mounts there are below our folder. */
static int n_mounts(void)
{
	int n = 0;

	assert_int_equal(
		mountinfo_walk("/proc/self/mountinfo", count_visit, &n), 0);
	return n;
}

static struct kfuse_mount *mount_well(int *fd)
{
	const struct kfuse_mount_options options = { 0 };
	struct kfuse_mount *ours = NULL;
	struct sb_error err = { 0 };

	if (kfuse_mount_new(&ours, point, &options, fd, &err) < 0)
		fail_msg("%s", err.text);
	return ours;
}

static void expect_failure(const char *path, int error, const char *text)
{
	const struct kfuse_mount_options options = { 0 };
	struct kfuse_mount *ours = NULL;
	struct sb_error err = { 0 };
	int fd = -1;

	assert_int_equal(
		kfuse_mount_new(&ours, path, &options, &fd, &err), error);
	assert_string_equal(err.text, text);
	assert_null(ours);
	assert_int_equal(fd, -1);
}

static void mount_tmpfs(const char *path)
{
	assert_int_equal(mount("none", path, "tmpfs", 0, NULL), 0);
}

static void test_plain(void **state)
{
	struct sb_error err = { 0 };
	struct kfuse_mount *ours;
	struct mount_identity found;
	int fd;

	ours = mount_well(&fd);
	assert_int_equal(n_mounts(), 1);
	assert_string_equal(kfuse_mount_path(ours), point);
	assert_int_equal(mount_identify(point, &found), 0);
	assert_int_equal(found.id, kfuse_mount_identity(ours)->id);
	assert_true(found.dev == kfuse_mount_identity(ours)->dev);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(kfuse_mount_unmount(ours, &err), 0);
	assert_int_equal(n_mounts(), 0);
	/* Once more changes nothing. */
	assert_int_equal(kfuse_mount_unmount(ours, &err), 0);
	assert_int_equal(kfuse_mount_detach(ours, &err), 0);
	assert_int_equal(kfuse_mount_clean(ours, &err), 0);
	close(fd);
	kfuse_mount_free(ours);
}

static void test_bad_mount_points(void **state)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/absent", top);
	expect_failure(path, -ENOENT, "No such file or directory (os error 2)");
	expect_failure("", -ENOENT, "No such file or directory (os error 2)");
	snprintf(path, sizeof(path), "%s/file", top);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	expect_failure(path, -ENOTDIR, "Not a directory (os error 20)");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("link", path), 0);
	expect_failure(path, -ENOENT, "No such file or directory (os error 2)");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("file", path), 0);
	expect_failure(path, -ELOOP,
		"Too many levels of symbolic links (os error 40)");
	assert_int_equal(unlink(path), 0);
}

/* A link to the mount point is followed, and the mount known by its path. */
static void test_link(void **state)
{
	const struct kfuse_mount_options options = { 0 };
	struct kfuse_mount *ours;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/link", top);
	assert_int_equal(symlink(point, path), 0);
	assert_int_equal(kfuse_mount_new(&ours, path, &options, &fd, NULL), 0);
	assert_string_equal(kfuse_mount_path(ours), point);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(kfuse_mount_unmount(ours, NULL), 0);
	close(fd);
	kfuse_mount_free(ours);
}

/* Dead ones, three deep, make way; what is no sandboxfs stays. */
static void test_recovers(void **state)
{
	char path[128], data[64];
	struct kfuse_mount *ours;
	struct stat st;
	int fd;

	mount_tmpfs(point);
	snprintf(path, sizeof(path), "%s/file", point);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	for (int i = 0; i < 3; i++) {
		fd = open("/dev/fuse", O_RDWR);
		snprintf(data, sizeof(data),
			"fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
		assert_int_equal(mount("sandboxfs", point, "fuse", 0, data), 0);
		close(fd);
	}
	assert_int_equal(n_mounts(), 4);
	ours = mount_well(&fd);
	assert_int_equal(n_mounts(), 2);
	assert_int_equal(kfuse_mount_unmount(ours, NULL), 0);
	assert_int_equal(stat(path, &st), 0);
	close(fd);
	kfuse_mount_free(ours);
	assert_int_equal(umount2(point, 0), 0);
}

/* A dead mount of another kind isn't ours to remove. */
static void test_leaves_other_kinds(void **state)
{
	struct mount_identity found;
	char data[64];
	int fd;

	fd = open("/dev/fuse", O_RDWR);
	snprintf(data, sizeof(data),
		"fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	assert_int_equal(mount("otherfs", point, "fuse", 0, data), 0);
	close(fd);
	assert_int_equal(mount_probe(point, &found), MOUNT_NONE);
	expect_failure(point, -ENOTCONN,
		"Transport endpoint is not connected (os error 107)");
	assert_int_equal(n_mounts(), 1);
	assert_int_equal(umount2(point, MNT_DETACH), 0);
}

/* One that is alive, or silent at least, keeps its place. */
static void test_busy_mount_point(void **state)
{
	struct kfuse_mount *ours;
	int fd;

	ours = mount_well(&fd);
	expect_failure(point, -EBUSY,
		"A sandboxfs that is running, or another user's, is mounted "
		"there; unmount it first (umount or fusermount3 -u): Device or "
		"resource busy (os error 16)");
	assert_int_equal(n_mounts(), 1);
	/* Whoever asked it is still waiting, so it is in use. */
	close(fd);
	assert_int_equal(kfuse_mount_clean(ours, NULL), 1);
	assert_int_equal(n_mounts(), 0);
	kfuse_mount_free(ours);
}

static void test_in_use(void **state)
{
	struct sb_error err = { 0 };
	struct kfuse_mount *ours;
	int fd, user;

	ours = mount_well(&fd);
	user = open(point, O_PATH);
	assert_true(user >= 0);
	assert_int_equal(kfuse_mount_unmount(ours, &err), -EBUSY);
	assert_non_null(strstr(err.text, "busy"));
	assert_int_equal(n_mounts(), 1);
	assert_int_equal(kfuse_mount_detach(ours, &err), 0);
	assert_int_equal(n_mounts(), 0);
	close(user);
	close(fd);
	kfuse_mount_free(ours);
}

/* Somebody else's later mount at the same place is never taken down. */
static void test_covered(void **state)
{
	struct sb_error err = { 0 };
	struct kfuse_mount *ours;
	int fd;

	ours = mount_well(&fd);
	mount_tmpfs(point);
	assert_int_equal(kfuse_mount_unmount(ours, &err), -EBUSY);
	assert_non_null(strstr(err.text, "another mount lies over it"));
	assert_int_equal(kfuse_mount_detach(ours, &err), -EBUSY);
	assert_int_equal(n_mounts(), 2);
	assert_int_equal(umount2(point, 0), 0);
	assert_int_equal(kfuse_mount_detach(ours, &err), 0);
	assert_int_equal(n_mounts(), 0);
	close(fd);
	kfuse_mount_free(ours);
}

/* Ours is gone, and one that got the same numbers is there. */
static void test_successor(void **state)
{
	struct kfuse_mount *old, *ours;
	int fd, old_fd;

	old = mount_well(&old_fd);
	assert_int_equal(umount2(point, 0), 0);
	close(old_fd);
	ours = mount_well(&fd);
	assert_int_equal(kfuse_mount_clean(old, NULL), 0);
	assert_int_equal(n_mounts(), 1);
	if (kfuse_mount_identity(old)->unique_id)
		assert_false(mount_is_there(kfuse_mount_identity(old)));
	/* Without unique ids, somebody asked it and waits: it is in use. */
	assert_int_equal(kfuse_mount_detach(ours, NULL), 0);
	assert_int_equal(n_mounts(), 0);
	close(fd);
	kfuse_mount_free(ours);
	kfuse_mount_free(old);
}

static void test_clean_after_abort(void **state)
{
	struct kfuse_mount *ours;
	int fd;

	ours = mount_well(&fd);
	close(fd); /* nobody holds the connection: it is aborted */
	assert_int_equal(n_mounts(), 1);
	assert_int_equal(kfuse_mount_clean(ours, NULL), 1);
	assert_int_equal(n_mounts(), 0);
	kfuse_mount_free(ours);
}

static void test_moved(void **state)
{
	struct kfuse_mount *ours;
	int fd;

	ours = mount_well(&fd);
	assert_int_equal(mount(point, other, NULL, MS_MOVE, NULL), 0);
	/* The old place may even have been taken. */
	mount_tmpfs(point);
	assert_int_equal(kfuse_mount_unmount(ours, NULL), 0);
	assert_int_equal(n_mounts(), 1);
	assert_int_equal(umount2(point, 0), 0);
	close(fd);
	kfuse_mount_free(ours);
}

/* Copies keep the file system alive: detaching takes them all. */
static void test_copies(void **state)
{
	struct kfuse_mount *ours;
	int fd;

	ours = mount_well(&fd);
	assert_int_equal(mount(point, other, NULL, MS_BIND, NULL), 0);
	assert_int_equal(mount(point, other, NULL, MS_BIND, NULL), 0);
	assert_int_equal(n_mounts(), 3);
	assert_int_equal(kfuse_mount_detach(ours, NULL), 0);
	assert_int_equal(n_mounts(), 0);
	close(fd);
	kfuse_mount_free(ours);
}

/* A plain folder isn't a mount, even if its file system is one of ours. */
static void test_probe_folder(void **state)
{
	struct mount_identity found;

	assert_int_equal(mount_probe(point, &found), MOUNT_NONE);
	assert_int_equal(mount_probe(top, &found), MOUNT_NONE);
	assert_int_equal(mount_probe("/nonexistent/x", &found), MOUNT_NONE);
}

static void test_lock(void **state)
{
	int first = mount_lock(point), second;

	assert_true(first >= 0);
	/* Held by another: given up after a while. */
	assert_int_equal(mount_lock(other), -1);
	close(first);
	second = mount_lock(other);
	assert_true(second >= 0);
	close(second);
	assert_int_equal(mount_lock("/nonexistent/x"), -1);
	first = mount_lock("/"); /* lies in itself */
	assert_true(first >= 0);
	close(first);
}

static int set_up(void **state)
{
	if (!mkdtemp(top))
		return -1;
	snprintf(point, sizeof(point), "%s/a b\n\\c", top);
	snprintf(other, sizeof(other), "%s/other", top);
	return mkdir(point, 0755) || mkdir(other, 0755) ? -1 : 0;
}

/* A test that failed must not make the next one fail. */
static int after_each(void **state)
{
	while (umount2(point, MNT_DETACH) == 0 ||
		umount2(other, MNT_DETACH) == 0)
		;
	return 0;
}

static int tear_down(void **state)
{
	rmdir(point);
	rmdir(other);
	return rmdir(top);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, after_each)
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_bad_mount_points),
		TEST(test_link),
		TEST(test_recovers),
		TEST(test_leaves_other_kinds),
		TEST(test_busy_mount_point),
		TEST(test_in_use),
		TEST(test_covered),
		TEST(test_successor),
		TEST(test_clean_after_abort),
		TEST(test_moved),
		TEST(test_copies),
		TEST(test_probe_folder),
		TEST(test_lock),
	};
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd < 0 || unshare(CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		fprintf(stderr, "cannot mount here: %s\n", strerror(errno));
		return 77;
	}
	close(fd);
	log_set_level(LOG_ERROR); /* it warns of what it recovers */
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

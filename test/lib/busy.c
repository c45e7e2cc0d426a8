/*
 * Keeps a mount busy.
 *
 *	busy DIR THREADS [SECONDS]
 *
 * Each thread makes, writes, reads, maps, renames, lists and removes files in
 * DIR as fast as it can, until the file system goes away under it, its time
 * is up or the process is told to end. Prints "busy" once all have begun.
 * Errors that a vanishing mount gives end a thread; others are failures.
 *
 * Exit: 0, or 1 after an error that no vanishing mount explains.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *dir_path;
static dev_t dir_dev;
static atomic_int begun;
static atomic_bool over, failed;

/* Whether to go on after this; reports what should not have happened. */
static bool bad(const char *what)
{
	switch (errno) {
	case ENOTCONN:
	case ECONNABORTED:
	case EIO:
	case ENOENT: /* under the mount point there is an empty directory */
	case ENODEV:
	case EINTR:
	case EXDEV:     /* gone between looking up one name and the other */
	case ECANCELED: /* what io_uring says where a request is withdrawn */
		break;
	default:
		warn("%s", what);
		atomic_store(&failed, true);
	}
	return false;
}

static bool list(void)
{
	DIR *dir = opendir(dir_path);
	struct dirent *d;

	if (!dir)
		return bad("opendir");
	errno = 0;
	while ((d = readdir(dir)))
		continue;
	if (errno) {
		bad("readdir");
		closedir(dir);
		return false;
	}
	closedir(dir);
	return true;
}

static bool turn(const char *a, const char *b, unsigned int n)
{
	char buf[4096], back[4096];
	struct stat st;
	bool good = false;
	char *map;
	int fd = open(a, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return bad("open");
	if (fstat(fd, &st) || st.st_dev != dir_dev) {
		/* Made in what the mount had covered. */
		unlink(a);
		goto out;
	}
	memset(buf, (int)n, sizeof(buf));
	if (pwrite(fd, buf, sizeof(buf), 0) != sizeof(buf) ||
		pread(fd, back, sizeof(back), 0) != sizeof(back) ||
		fstat(fd, &st)) {
		bad("write and read");
		goto out;
	}
	if (memcmp(buf, back, sizeof(buf))) {
		warnx("read other bytes than were written");
		atomic_store(&failed, true);
		goto out;
	}
	if (n % 8 == 0) {
		map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		/* Held, not touched: a page of a dead mount is a SIGBUS. */
		if (map != MAP_FAILED)
			munmap(map, 4096);
	}
	if (rename(a, b) || stat(b, &st)) {
		bad("rename");
		goto out;
	}
	if (unlink(b)) {
		bad("unlink");
		goto out;
	}
	good = n % 16 ? true : list();
out:
	close(fd);
	return good;
}

static void *work(void *arg)
{
	unsigned int id = *(unsigned int *)arg;
	char a[4096], b[4096];

	snprintf(a, sizeof(a), "%s/busy-%u-%d-a", dir_path, id, getpid());
	snprintf(b, sizeof(b), "%s/busy-%u-%d-b", dir_path, id, getpid());
	for (unsigned int n = 0; !atomic_load(&over); n++) {
		if (!turn(a, b, n))
			break;
		if (n == 0)
			atomic_fetch_add(&begun, 1);
	}
	return NULL;
}

static void end(int signo)
{
	atomic_store(&over, true);
}

int main(int argc, char **argv)
{
	unsigned int ids[64], n;
	struct stat st;
	pthread_t threads[64];

	if (argc < 3)
		errx(2, "usage: busy DIR THREADS [SECONDS]");
	dir_path = argv[1];
	n = (unsigned int)strtoul(argv[2], NULL, 10);
	if (n < 1 || n > 64)
		errx(2, "1 to 64 threads");
	if (stat(dir_path, &st))
		err(2, "%s", dir_path);
	dir_dev = st.st_dev;
	signal(SIGTERM, end);
	signal(SIGALRM, end);
	if (argc > 3)
		alarm((unsigned int)strtoul(argv[3], NULL, 10));
	for (unsigned int i = 0; i < n; i++) {
		ids[i] = i;
		if (pthread_create(&threads[i], NULL, work, &ids[i]))
			errx(1, "pthread_create");
	}
	for (int i = 0; i < 1000 && atomic_load(&begun) < (int)n; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	printf("busy\n");
	fflush(stdout);
	for (unsigned int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return atomic_load(&failed) ? 1 : 0;
}

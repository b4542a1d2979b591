/* Loaded before the C library: from the FAIL_AT-th write or sync of a regular file on, every one fails as a broken or full disk
   would. Without FAIL_AT it only counts, and says the number at the end on standard error. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long calls;

static int fails(int fd, int error) {
    struct stat status;
    if (fd <= 2 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    const char *at = getenv("FAIL_AT");
    long call = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    if (at == NULL || call < atol(at)) return 0;
    errno = error;
    return 1;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int fsync(int fd) { REAL(fsync); return fails(fd, EIO) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fails(fd, EIO) ? -1 : real(fd); }
ssize_t write(int fd, const void *b, size_t n) { REAL(write); return fails(fd, ENOSPC) ? -1 : real(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { REAL(pwrite); return fails(fd, ENOSPC) ? -1 : real(fd, b, n, at); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) { REAL(pwrite64); return fails(fd, ENOSPC) ? -1 : real(fd, b, n, at); }

__attribute__((destructor)) static void say(void) { fprintf(stderr, "calls %ld\n", calls); }

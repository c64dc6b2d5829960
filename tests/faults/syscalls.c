/* A disk that fails at the n-th operation: preloaded before the C library, for tests alone.
 *
 * Counts every call that touches a file below one of the folders in FAULTS_BELOW (separated by
 * colons). The call number FAULTS_AT fails with errno FAULTS_ERRNO; with FAULTS_LASTING=1 every
 * later one does as well; FAULTS_ERRNO=0 kills the process there instead. FAULTS_LOG names a file
 * that gets a line for every call counted. A forked process begins anew with faults_arm().
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name)) real(#name))

static char below[8192];
static long at, count;
static int code, lasting, log_to = -1;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int is_below(const char *path) {
  for (const char *p = below; *p;) {
    size_t size = strcspn(p, ":");
    if (size && !strncmp(path, p, size) && (path[size] == '/' || !path[size])) return 1;
    p += size + (p[size] == ':');
  }
  return 0;
}

/* Whether this call fails; a call that is elsewhere is not counted. */
static int fails(const char *call, const char *path) {
  if (!below[0] || !is_below(path)) return 0;
  long now = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  if (log_to >= 0) dprintf(log_to, "%ld %s %s\n", now, call, path);
  if (!at || (lasting ? now < at : now != at)) return 0;
  if (!code) kill(getpid(), SIGKILL);
  errno = code;
  return 1;
}

static int fails_at(const char *call, int folder, const char *path) {
  char whole[2 * PATH_MAX], link[64];
  if (!below[0] || !path) return 0;
  if (path[0] == '/') return fails(call, path);
  ssize_t size;
  if (folder == AT_FDCWD) {
    if (!getcwd(whole, PATH_MAX)) return 0;
    size = strlen(whole);
  } else {
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    size = readlink(link, whole, PATH_MAX - 1);
    if (size < 0) return 0;
  }
  snprintf(whole + size, PATH_MAX, "%s%s", *path ? "/" : "", path);
  return fails(call, whole);
}

static int fails_on(const char *call, int file) {
  char path[PATH_MAX], link[64];
  if (!below[0]) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = 0;
  return fails(call, path);
}

/* A new process, forked or begun: which call fails, and how. Returns how many were counted. */
long faults_arm(const char *folders, long which, int error, int later, const char *log) {
  long before = count;
  snprintf(below, sizeof below, "%s", folders ? folders : "");
  at = which, code = error, lasting = later, count = 0;
  log_to = log && *log ? REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
  return before;
}

__attribute__((constructor)) static void begin(void) {
  const char *which = getenv("FAULTS_AT"), *error = getenv("FAULTS_ERRNO");
  const char *later = getenv("FAULTS_LASTING");
  if (getenv("FAULTS_BELOW"))
    faults_arm(getenv("FAULTS_BELOW"), which ? atol(which) : 0, error ? atoi(error) : EIO,
               later && *later == '1', getenv("FAULTS_LOG"));
}

#define MODE(flags, last) \
  mode_t mode = 0;        \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list l; va_start(l, last); mode = va_arg(l, mode_t); va_end(l); }
#define OPENED(flags) (((flags) & (O_WRONLY | O_RDWR)) ? "create" : "open")

int open(const char *path, int flags, ...) {
  MODE(flags, flags)
  return fails_at(OPENED(flags), AT_FDCWD, path) ? -1 : REAL(open)(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags, flags)
  return fails_at(OPENED(flags), AT_FDCWD, path) ? -1 : REAL(open64)(path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, flags)
  return fails_at(OPENED(flags), folder, path) ? -1 : REAL(openat)(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags, flags)
  return fails_at(OPENED(flags), folder, path) ? -1 : REAL(openat64)(folder, path, flags, mode);
}
FILE *fopen(const char *path, const char *how) {
  return fails_at(*how == 'r' ? "open" : "create", AT_FDCWD, path) ? NULL : REAL(fopen)(path, how);
}
FILE *fopen64(const char *path, const char *how) {
  return fails_at(*how == 'r' ? "open" : "create", AT_FDCWD, path) ? NULL : REAL(fopen64)(path, how);
}
DIR *opendir(const char *path) {
  return fails_at("opendir", AT_FDCWD, path) ? NULL : REAL(opendir)(path);
}
DIR *fdopendir(int file) { return fails_on("opendir", file) ? NULL : REAL(fdopendir)(file); }
ssize_t read(int file, void *to, size_t size) {
  return fails_on("read", file) ? -1 : REAL(read)(file, to, size);
}
ssize_t pread64(int file, void *to, size_t size, off64_t from) {
  return fails_on("read", file) ? -1 : REAL(pread64)(file, to, size, from);
}
ssize_t write(int file, const void *from, size_t size) {
  return fails_on("write", file) ? -1 : REAL(write)(file, from, size);
}
ssize_t pwrite64(int file, const void *from, size_t size, off64_t to) {
  return fails_on("write", file) ? -1 : REAL(pwrite64)(file, from, size, to);
}
ssize_t writev(int file, const struct iovec *from, int parts) {
  return fails_on("write", file) ? -1 : REAL(writev)(file, from, parts);
}
ssize_t sendfile64(int to, int from, off64_t *start, size_t size) {
  return fails_on("write", to) ? -1 : REAL(sendfile64)(to, from, start, size);
}
ssize_t sendfile(int to, int from, off_t *start, size_t size) {
  return fails_on("write", to) ? -1 : REAL(sendfile)(to, from, start, size);
}
ssize_t copy_file_range(int from, off64_t *at_, int to, off64_t *there, size_t size, unsigned f) {
  return fails_on("write", to) ? -1 : REAL(copy_file_range)(from, at_, to, there, size, f);
}
int fsync(int file) { return fails_on("fsync", file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return fails_on("fsync", file) ? -1 : REAL(fdatasync)(file); }
int ftruncate64(int file, off64_t size) {
  return fails_on("truncate", file) ? -1 : REAL(ftruncate64)(file, size);
}
int fchmod(int file, mode_t mode) { return fails_on("chmod", file) ? -1 : REAL(fchmod)(file, mode); }
int chmod(const char *path, mode_t mode) {
  return fails_at("chmod", AT_FDCWD, path) ? -1 : REAL(chmod)(path, mode);
}
int rename(const char *from, const char *to) {
  return fails_at("rename", AT_FDCWD, to) ? -1 : REAL(rename)(from, to);
}
int renameat(int here, const char *from, int there, const char *to) {
  return fails_at("rename", there, to) ? -1 : REAL(renameat)(here, from, there, to);
}
int renameat2(int here, const char *from, int there, const char *to, unsigned flags) {
  return fails_at("rename", there, to) ? -1 : REAL(renameat2)(here, from, there, to, flags);
}
int link(const char *from, const char *to) {
  return fails_at("link", AT_FDCWD, to) ? -1 : REAL(link)(from, to);
}
int linkat(int here, const char *from, int there, const char *to, int flags) {
  return fails_at("link", there, to) ? -1 : REAL(linkat)(here, from, there, to, flags);
}
int unlink(const char *path) {
  return fails_at("unlink", AT_FDCWD, path) ? -1 : REAL(unlink)(path);
}
int unlinkat(int folder, const char *path, int flags) {
  return fails_at("unlink", folder, path) ? -1 : REAL(unlinkat)(folder, path, flags);
}
int rmdir(const char *path) { return fails_at("rmdir", AT_FDCWD, path) ? -1 : REAL(rmdir)(path); }
int mkdir(const char *path, mode_t mode) {
  return fails_at("mkdir", AT_FDCWD, path) ? -1 : REAL(mkdir)(path, mode);
}
int mkdirat(int folder, const char *path, mode_t mode) {
  return fails_at("mkdir", folder, path) ? -1 : REAL(mkdirat)(folder, path, mode);
}
int stat(const char *path, struct stat *to) {
  return fails_at("stat", AT_FDCWD, path) ? -1 : REAL(stat)(path, to);
}
int stat64(const char *path, struct stat64 *to) {
  return fails_at("stat", AT_FDCWD, path) ? -1 : REAL(stat64)(path, to);
}
int lstat(const char *path, struct stat *to) {
  return fails_at("stat", AT_FDCWD, path) ? -1 : REAL(lstat)(path, to);
}
int lstat64(const char *path, struct stat64 *to) {
  return fails_at("stat", AT_FDCWD, path) ? -1 : REAL(lstat64)(path, to);
}
int fstatat64(int folder, const char *path, struct stat64 *to, int flags) {
  return fails_at("stat", folder, path) ? -1 : REAL(fstatat64)(folder, path, to, flags);
}
int fstatat(int folder, const char *path, struct stat *to, int flags) {
  return fails_at("stat", folder, path) ? -1 : REAL(fstatat)(folder, path, to, flags);
}

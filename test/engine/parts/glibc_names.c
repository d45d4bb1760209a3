/* The names that Debian's static libcrypto, libssl, libz, libsqlite3, liblzma and libffi ask of glibc, and that musl does not have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdarg.h>
#include <syslog.h>
#undef _GNU_SOURCE
#include <sys/stat.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>
#define H __attribute__((visibility("hidden")))
H long __fdelt_chk(long d) { return d / (8 * sizeof(long)); }
H int __fprintf_chk(FILE *f, int g, const char *s, ...) { va_list a; va_start(a, s); int r = vfprintf(f, s, a); va_end(a); return r; }
H int __vfprintf_chk(FILE *f, int g, const char *s, va_list a) { return vfprintf(f, s, a); }
H int __snprintf_chk(char *b, size_t n, int g, size_t l, const char *s, ...) { va_list a; va_start(a, s); int r = vsnprintf(b, n, s, a); va_end(a); return r; }
H int __vsnprintf_chk(char *b, size_t n, int g, size_t l, const char *s, va_list a) { return vsnprintf(b, n, s, a); }
H void __syslog_chk(int p, int g, const char *s, ...) { va_list a; va_start(a, s); vsyslog(p, s, a); va_end(a); }
H int __isoc23_sscanf(const char *b, const char *s, ...) { va_list a; va_start(a, s); int r = vsscanf(b, s, a); va_end(a); return r; }
H long __isoc23_strtol(const char *s, char **e, int b) { return strtol(s, e, b); }
H unsigned long __isoc23_strtoul(const char *s, char **e, int b) { return strtoul(s, e, b); }
H void *__memcpy_chk(void *d, const void *s, size_t n, size_t l) { return memcpy(d, s, n); }
H void *__memmove_chk(void *d, const void *s, size_t n, size_t l) { return memmove(d, s, n); }
H void *__memset_chk(void *d, int c, size_t n, size_t l) { return memset(d, c, n); }
H char *__strcat_chk(char *d, const char *s, size_t l) { return strcat(d, s); }
H FILE *fopen64(const char *p, const char *m) { return fopen(p, m); }
H off_t lseek64(int f, off_t o, int w) { return lseek(f, o, w); }
H int fstat64(int f, struct stat *s) { return fstat(f, s); }
H int lstat64(const char *f, struct stat *s) { return lstat(f, s); }
H int stat64(const char *f, struct stat *s) { return stat(f, s); }
H int ftruncate64(int f, off_t l) { return ftruncate(f, l); }
H void *mmap64(void *a, size_t l, int p, int f, int d, off_t o) { return mmap(a, l, p, f, d, o); }
H ssize_t pread64(int f, void *b, size_t n, off_t o) { return pread(f, b, n, o); }
H ssize_t pwrite64(int f, const void *b, size_t n, off_t o) { return pwrite(f, b, n, o); }
H int open64(const char *p, int f, ...) { va_list a; va_start(a, f); int m = va_arg(a, int); va_end(a); return open(p, f, m); }
H int fcntl64(int d, int c, ...) { va_list a; va_start(a, c); void *x = va_arg(a, void *); va_end(a); return fcntl(d, c, x); }
/* OpenSSL's fibres, which Python never uses */
H int getcontext(void *c) { return -1; }
H void makecontext(void *c, void (*f)(void), int n, ...) { abort(); }
H int swapcontext(void *a, const void *b) { return -1; }
/* OpenSSL's zstd compression, which nothing asks for: every call fails */
#define NO_ZSTD(name) H void *ZSTD_##name(void) { return 0; }
NO_ZSTD(CStreamInSize)
NO_ZSTD(DStreamInSize)
NO_ZSTD(compress)
NO_ZSTD(compressStream2)
NO_ZSTD(createCStream_advanced)
NO_ZSTD(createDStream_advanced)
NO_ZSTD(decompress)
NO_ZSTD(decompressStream)
NO_ZSTD(endStream)
NO_ZSTD(flushStream)
NO_ZSTD(freeCStream)
NO_ZSTD(freeDStream)
NO_ZSTD(getErrorName)
NO_ZSTD(initCStream)
NO_ZSTD(initDStream)
NO_ZSTD(isError)

"""Numbers of system calls on x86-64 and AArch64 (asm/unistd_64.h, asm-generic/unistd.h)."""

import errno
import platform

# Audit architectures (linux/audit.h) and the column of the tables below.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# What Python, NumPy and the dynamic loader need: memory, time, and reading the files that Landlock
# lets through. None acts on another process. Name: x86-64, AArch64 (None: it is not there).
_ALLOWED = """
read 0 63               write 1 64              readv 19 65             writev 20 66
pread64 17 67           close 3 57              close_range 436 436     lseek 8 62
fstat 5 80              stat 4 None             lstat 6 None            newfstatat 262 79
statx 332 291           access 21 None          faccessat 269 48        faccessat2 439 439
open 2 None             openat 257 56           getdents64 217 61       readlink 89 None
readlinkat 267 78       getcwd 79 17            dup 32 23               dup2 33 None
dup3 292 24             poll 7 None             ppoll 271 73            select 23 None
pselect6 270 72         mmap 9 222              munmap 11 215           mremap 25 216
mprotect 10 226         madvise 28 233          brk 12 214              futex 202 98
set_robust_list 273 99  rseq 334 293            membarrier 324 283      sched_yield 24 124
rt_sigaction 13 134     rt_sigprocmask 14 135   rt_sigreturn 15 139     sigaltstack 131 132
restart_syscall 219 128 nanosleep 35 101        clock_nanosleep 230 115 clock_gettime 228 113
clock_getres 229 114    gettimeofday 96 169     time 201 None           times 100 153
getrusage 98 165        getrlimit 97 163        sysinfo 99 179          uname 63 160
getpid 39 172           getppid 110 173         gettid 186 178          getuid 102 174
geteuid 107 175         getgid 104 176          getegid 108 177         sched_getaffinity 204 123
getrandom 318 278       exit 60 93              exit_group 231 94
"""

# Allowed with certain arguments only; see seccomp.py.
_GUARDED = "fcntl 72 25  prlimit64 302 261  tgkill 234 131"

# Refused with an error that tells the person what was refused; the rest gives EPERM.
_REFUSED = {
    errno.ENETDOWN: """
socket 41 198           socketpair 53 199       connect 42 203          bind 49 200
listen 50 201           accept 43 202           accept4 288 242         sendto 44 206
recvfrom 45 207         sendmsg 46 211          recvmsg 47 212          sendmmsg 307 269
recvmmsg 299 243
""",
    errno.EACCES: """
creat 85 None           mkdir 83 None           mkdirat 258 34          rmdir 84 None
unlink 87 None          unlinkat 263 35         rename 82 None          renameat 264 38
renameat2 316 276       link 86 None            linkat 265 37           symlink 88 None
symlinkat 266 36        chmod 90 None           fchmod 91 52            fchmodat 268 53
chown 92 None           fchown 93 55            fchownat 260 54         truncate 76 45
ftruncate 77 46         utimensat 280 88        chdir 80 49             fchdir 81 50
openat2 437 437
""",
}

NEWEST = 451  # what came later is answered with ENOSYS, on which the C library falls back


class Unsupported(OSError):
    """The tables have no column for this machine."""


def audit_architecture() -> int:
    """The number by which seccomp tells system call tables apart."""
    return _architecture()[0]


def allowed() -> dict[str, int]:
    return _column(_ALLOWED)


def guarded() -> dict[str, int]:
    return _column(_GUARDED)


def refused() -> dict[int, dict[str, int]]:
    """Error number: the calls that give it."""
    return {number: _column(table) for number, table in _REFUSED.items()}


def _architecture() -> tuple[int, int]:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise Unsupported(errno.ENOSYS, f"no table of system calls for {machine}")
    return _ARCHITECTURES[machine]


def _column(table: str) -> dict[str, int]:
    words = table.split()
    column = _architecture()[1]
    rows = zip(words[::3], zip(words[1::3], words[2::3], strict=True), strict=True)
    return {name: int(numbers[column]) for name, numbers in rows if numbers[column] != "None"}

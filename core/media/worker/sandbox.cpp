#include "core/media/worker/sandbox.hpp"

#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace mv::media {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true; // its shadow memory alone takes terabytes of address space
#else
constexpr bool kSanitized = false;
#endif

std::unexpected<std::string> failed(const char* what, int error) {
  return std::unexpected(std::string(what) + ": " + std::strerror(error));
}

bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both = {value, value};
  return ::setrlimit(resource, &both) == 0;
}

} // namespace

bool die_with_parent(int parent) {
  // The signal comes only for deaths from now on, so the parent is looked for after it was asked for.
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

std::expected<void, std::string> enter_sandbox(std::int64_t memory_bytes) {
  const bool limited = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 16) &&
                       (kSanitized || memory_bytes <= 0 || limit(RLIMIT_AS, static_cast<rlim_t>(memory_bytes)));
  if (!limited) return failed("setrlimit", errno);
  if (::chdir("/") != 0) return failed("chdir", errno);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs", errno);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("dumpable", errno);

  // What decoding needs is memory, threads, time, and the descriptors at hand. All else is answered with EPERM, as a
  // library that merely asks (for a locale, the number of processors) goes on without; what only an attacker calls
  // kills.
  const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release);
  if (!filter) return failed("seccomp", ENOMEM);
  constexpr int kAllowed[] = {
      SCMP_SYS(read),
      SCMP_SYS(write),
      SCMP_SYS(readv),
      SCMP_SYS(writev),
      SCMP_SYS(pread64),
      SCMP_SYS(recvmsg),
      SCMP_SYS(recvfrom),
      SCMP_SYS(sendmsg),
      SCMP_SYS(sendto),
      SCMP_SYS(poll),
      SCMP_SYS(ppoll),
      SCMP_SYS(lseek),
      SCMP_SYS(close),
      SCMP_SYS(fstat),
      SCMP_SYS(fstat64),
      SCMP_SYS(_llseek),
      SCMP_SYS(munmap),
      SCMP_SYS(mremap),
      SCMP_SYS(madvise),
      SCMP_SYS(brk),
      SCMP_SYS(futex),
      SCMP_SYS(futex_time64),
      SCMP_SYS(set_robust_list),
      SCMP_SYS(rseq),
      SCMP_SYS(membarrier),
      SCMP_SYS(exit),
      SCMP_SYS(exit_group),
      SCMP_SYS(rt_sigaction),
      SCMP_SYS(rt_sigprocmask),
      SCMP_SYS(rt_sigreturn),
      SCMP_SYS(sigaltstack),
      SCMP_SYS(restart_syscall),
      SCMP_SYS(sched_yield),
      SCMP_SYS(sched_getaffinity),
      SCMP_SYS(sched_getparam),
      SCMP_SYS(sched_getscheduler),
      SCMP_SYS(sched_getattr),
      SCMP_SYS(getpid),
      SCMP_SYS(gettid),
      SCMP_SYS(getrandom),
      SCMP_SYS(clock_gettime),
      SCMP_SYS(clock_getres),
      SCMP_SYS(gettimeofday),
      SCMP_SYS(clock_nanosleep),
      SCMP_SYS(nanosleep),
      SCMP_SYS(getrusage),
      SCMP_SYS(set_tid_address),
      SCMP_SYS(getcwd), // Exiv2 throws when there is no here
  };
  int error = 0;
  const auto rule = [&](int outcome) {
    if (error == 0 && outcome < 0 && outcome != -EDOM) error = -outcome; // EDOM: unknown on this processor
  };
  for (const int call : kAllowed)
    rule(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0));
  // Libraries that look for a configuration of theirs find an empty world, instead of one that forbids to look: there
  // are some that throw then.
  constexpr int kLookups[] = {
      SCMP_SYS(open),       SCMP_SYS(openat), SCMP_SYS(openat2),  SCMP_SYS(access),     SCMP_SYS(faccessat),
      SCMP_SYS(faccessat2), SCMP_SYS(stat),   SCMP_SYS(lstat),    SCMP_SYS(stat64),     SCMP_SYS(lstat64),
      SCMP_SYS(statx),      SCMP_SYS(statfs), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
  };
  for (const int call : kLookups)
    rule(seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOENT), call, 0));
  // fstat() of the C library is this one, with a flag for "the descriptor itself".
  constexpr scmp_datum_t kEmptyPath = 0x1000;
  rule(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                        SCMP_A3(SCMP_CMP_MASKED_EQ, kEmptyPath, kEmptyPath)));
  rule(seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(newfstatat), 1,
                        SCMP_A3(SCMP_CMP_MASKED_EQ, kEmptyPath, 0)));
  // Threads, but no processes: a clone must share memory and carry CLONE_THREAD. clone3 hides its flags behind a
  // pointer; without it the C library falls back to clone.
  constexpr scmp_datum_t kCloneThread = 0x00010000;
  rule(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                        SCMP_A0(SCMP_CMP_MASKED_EQ, kCloneThread, kCloneThread)));
  rule(seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
  // Memory may not become code.
  constexpr scmp_datum_t kProtExec = 0x4;
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)}) {
    rule(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, kProtExec, 0)));
  }
  // Naming threads is harmless; other uses of prctl are not needed.
  constexpr scmp_datum_t kSetName = 15;
  rule(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, kSetName)));
  rule(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                        SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid())))); // abort() of itself
  constexpr int kDeadly[] = {
      SCMP_SYS(ptrace),
      SCMP_SYS(process_vm_readv),
      SCMP_SYS(process_vm_writev),
      SCMP_SYS(bpf),
      SCMP_SYS(mount),
      SCMP_SYS(unshare),
      SCMP_SYS(setns),
      SCMP_SYS(init_module),
      SCMP_SYS(finit_module),
      SCMP_SYS(kexec_load),
      SCMP_SYS(keyctl),
      SCMP_SYS(userfaultfd),
      SCMP_SYS(perf_event_open),
      SCMP_SYS(io_uring_setup),
  };
  if (kSanitized) {
    // UndefinedBehaviorSanitizer finds out by a pipe whether memory can be read, and takes a refusal for "no".
    for (const int call : {SCMP_SYS(pipe), SCMP_SYS(pipe2)})
      rule(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0));
  } else {
    for (const int call : kDeadly)
      rule(seccomp_rule_add(filter.get(), SCMP_ACT_KILL_PROCESS, call, 0));
  }
  if (error == 0) error = -seccomp_load(filter.get());
  if (error != 0) return failed("seccomp", error);
  return {};
}

} // namespace mv::media

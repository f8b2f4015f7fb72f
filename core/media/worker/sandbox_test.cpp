#include "core/media/worker/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>
#include <vector>

namespace mv::media {
namespace {

// Each test forks and shuts only the copy in.

#define EXPECT_INSIDE(condition)           \
  EXPECT_EXIT(                             \
      {                                    \
        if (!enter_sandbox(0)) ::_exit(2); \
        ::_exit((condition) ? 0 : 1);      \
      },                                   \
      testing::ExitedWithCode(0), "")

bool refused(long result) { return result == -1 && errno == EPERM; }

TEST(SandboxTest, HasNoNetwork) {
  EXPECT_INSIDE(refused(::socket(AF_INET, SOCK_STREAM, 0)));
  EXPECT_INSIDE(refused(::socket(AF_UNIX, SOCK_STREAM, 0)));
  EXPECT_INSIDE(refused(::connect(0, nullptr, 0)));
}

TEST(SandboxTest, HasNoFiles) {
  EXPECT_INSIDE(::open("/etc/passwd", O_RDONLY) == -1 && errno == ENOENT);
  EXPECT_INSIDE(::open("/tmp/mv-sandbox-test", O_WRONLY | O_CREAT, 0600) == -1);
  EXPECT_INSIDE(::access("/etc/passwd", F_OK) == -1 && errno == ENOENT);
  EXPECT_INSIDE(refused(::unlink("/tmp/mv-sandbox-test")));
}

TEST(SandboxTest, StartsNoPrograms) {
  EXPECT_INSIDE(refused(::execl("/bin/true", "true", nullptr)));
  EXPECT_INSIDE(refused(::syscall(SYS_fork)));
}

TEST(SandboxTest, MakesNoCodeOutOfMemory) {
  EXPECT_INSIDE(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                MAP_FAILED);
}

TEST(SandboxTest, SignalsNobodyElse) { EXPECT_INSIDE(refused(::kill(::getppid(), 0))); }

TEST(SandboxTest, StillHasThreadsAndMemory) {
  EXPECT_INSIDE([] {
    bool ran = false;
    std::thread([&] { ran = std::vector<char>(100'000'000, 'x').size() > 1; }).join();
    return ran;
  }());
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(SandboxTest, DiesOfTracing) {
  EXPECT_EXIT(
      {
        if (!enter_sandbox(0)) ::_exit(2);
        ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr);
        ::_exit(0);
      },
      testing::KilledBySignal(SIGSYS), "");
}
#endif

} // namespace
} // namespace mv::media

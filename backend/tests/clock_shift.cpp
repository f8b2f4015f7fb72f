// Loaded into a server of a test before the C library (LD_PRELOAD): its wall clock is off by as many milliseconds as
// stand in the file that MEMORYVERSE_TEST_CLOCK names, eight bytes, which the test may change while it runs. Monotonic
// clocks stay right, as they do when an administrator or NTP steps a machine's clock.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

const volatile std::int64_t* shift() {
  static const volatile std::int64_t* const mapped = []() -> const volatile std::int64_t* {
    static constexpr std::int64_t kNone = 0;
    const char* const path = std::getenv("MEMORYVERSE_TEST_CLOCK");
    const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return &kNone;
    void* const at = ::mmap(nullptr, sizeof kNone, PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    return at == MAP_FAILED ? &kNone : static_cast<const std::int64_t*>(at);
  }
  ();
  return mapped;
}

} // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) {
  using Real = int (*)(clockid_t, timespec*);
  static const Real real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int outcome = real(clock, time);
  if (outcome == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += *shift() / 1000;
  return outcome;
}

extern "C" int gettimeofday(timeval* time, void* /*zone*/) {
  timespec now{};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

extern "C" time_t time(time_t* at) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != nullptr) *at = now.tv_sec;
  return now.tv_sec;
}

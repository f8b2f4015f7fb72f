#include "core/base/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace mv {

namespace {

/// Of /proc/self/stat, in the units of the metrics.
struct Usage {
  double cpu_seconds = 0;
  double threads = 0;
  double start_seconds = 0; ///< Since the machine started.
  double virtual_bytes = 0;
  double resident_bytes = 0;
};

Usage read_usage() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  // The program's name stands in parentheses, and may hold spaces and parentheses of its own.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::array<double, 22> value{}; // the third field of the line is the first here
  std::string state;
  fields >> state;
  for (std::size_t i = 1; i < value.size(); ++i)
    fields >> value[i];
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  return {.cpu_seconds = (value[11] + value[12]) / ticks,
          .threads = value[17],
          .start_seconds = value[19] / ticks,
          .virtual_bytes = value[20],
          .resident_bytes = value[21] * static_cast<double>(sysconf(_SC_PAGESIZE))};
}

/// When the machine started, seconds since the Unix epoch; 0 where the kernel does not say.
double machine_start() {
  std::ifstream file("/proc/stat");
  std::string name;
  while (file >> name) {
    double value = 0;
    if (name == "btime" && file >> value) return value;
    std::getline(file, name);
  }
  return 0;
}

double open_files() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error))
    ++count;
  return count > 0 ? count - 1 : 0; // without the one that lists them
}

} // namespace

void add_process_metrics(Metrics& metrics) {
  metrics.gauge("process_start_time_seconds", "When the process started, seconds since the Unix epoch.")
      .set(machine_start() + read_usage().start_seconds);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    metrics.gauge("process_max_fds", "How many files it may have open.").set(static_cast<double>(limit.rlim_cur));
  Gauge& cpu = metrics.foreign_counter("process_cpu_seconds_total", "Processor time spent.");
  Gauge& threads = metrics.gauge("process_threads", "Threads.");
  Gauge& virtual_memory = metrics.gauge("process_virtual_memory_bytes", "Address space in use.");
  Gauge& resident_memory = metrics.gauge("process_resident_memory_bytes", "Memory in use.");
  Gauge& files = metrics.gauge("process_open_fds", "Files, sockets and pipes that are open.");
  metrics.before_render([&] {
    const Usage usage = read_usage();
    cpu.set(usage.cpu_seconds);
    threads.set(usage.threads);
    virtual_memory.set(usage.virtual_bytes);
    resident_memory.set(usage.resident_bytes);
    files.set(open_files());
  });
}

} // namespace mv

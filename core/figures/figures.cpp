#include "core/figures/figures.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "core/base/log.hpp"
#include "core/figures/sql.hpp"

namespace mv::figures {

namespace {

constexpr std::array<std::string_view, 7> kTypes = {"photo",    "video",  "audio",   "story",
                                                    "document", "scan3d", "panorama"};
constexpr std::array<std::string_view, 3> kStates = {"pending", "ready", "failed"};
constexpr std::array<std::pair<std::string_view, TimeMs>, 3> kWindows = {
    {{"1d", kDay}, {"7d", 7 * kDay}, {"30d", 30 * kDay}}};

double at(const std::map<std::string, double, std::less<>>& counts, std::string_view name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

} // namespace

Figures::Figures(Database& db, JobQueue& jobs, const Clock& clock, Metrics& metrics)
    : db_(db), jobs_(jobs), clock_(clock), metrics_(metrics) {}

Result<void> Figures::refresh() {
  TRY_OK(count_library());
  TRY_OK(count_people());
  TRY_OK(count_jobs());
  metrics_.gauge("memoryverse_figures_timestamp_seconds", "When the figures of the library were counted last.")
      .set(static_cast<double>(clock_.now()) / 1000);
  return {};
}

void Figures::start(std::chrono::milliseconds every) {
  thread_ = std::jthread([this, every](const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const auto began = std::chrono::steady_clock::now();
      if (const auto counted = refresh(); !counted) log_warning("figures not counted", {{"reason", counted.error()}});
      const auto took = std::chrono::steady_clock::now() - began;
      const auto rest = std::max<std::chrono::steady_clock::duration>(every, 100 * took);
      std::condition_variable_any().wait_for(lock, stop, rest, [] { return false; });
    }
  });
}

Result<void> Figures::count_library() {
  std::map<std::string, double, std::less<>> memories;
  std::map<std::string, double, std::less<>> media;
  double bytes = 0;
  TRY_OK(db_.read([&](Transaction& tx) -> Result<void> {
    TRY(const Rows by_type, tx.run(sql::count_memories_by_type));
    for (const Row& row : by_type)
      memories[row.text(0)] = static_cast<double>(row.integer(1));
    TRY(const Rows by_state, tx.run(sql::count_media_by_state));
    for (const Row& row : by_state) {
      media[row.text(0)] = static_cast<double>(row.integer(1));
      bytes += static_cast<double>(row.integer(2));
    }
    return {};
  }));
  for (const std::string_view type : kTypes) {
    metrics_.gauge("memoryverse_memories", "Memories outside the trash.", {{"type", type}})
        .set(at(memories, "type:" + std::string(type)));
  }
  for (const std::string_view state : kStates)
    metrics_.gauge("memoryverse_media", "Media, the trash included.", {{"state", state}}).set(at(media, state));
  metrics_.gauge("memoryverse_originals_bytes", "Size of all originals, the trash included.").set(bytes);
  return {};
}

Result<void> Figures::count_people() {
  std::int64_t people = 0;
  std::int64_t spaces = 0;
  std::array<std::int64_t, kWindows.size()> active{};
  TRY_OK(db_.read([&](Transaction& tx) -> Result<void> {
    TRY(const Rows all, tx.run(sql::count_people_and_spaces));
    people = all.front().integer(0);
    spaces = all.front().integer(1);
    for (std::size_t i = 0; i < kWindows.size(); ++i) {
      TRY(const Rows rows, tx.run(sql::count_active_people, clock_.now() - kWindows[i].second));
      active[i] = rows.front().integer(0);
    }
    return {};
  }));
  metrics_.gauge("memoryverse_people", "Accounts.").set(static_cast<double>(people));
  metrics_.gauge("memoryverse_spaces", "Spaces.").set(static_cast<double>(spaces));
  for (std::size_t i = 0; i < kWindows.size(); ++i) {
    metrics_.gauge("memoryverse_active_people", "People who used a session lately.", {{"window", kWindows[i].first}})
        .set(static_cast<double>(active[i]));
  }
  return {};
}

Result<void> Figures::count_jobs() {
  TRY(const auto counts, jobs_.counts());
  std::map<std::string_view, const JobCounts*> by_kind;
  for (const JobCounts& count : counts) {
    by_kind[count.kind] = &count;
    kinds_.insert(count.kind);
  }
  const TimeMs now = clock_.now();
  for (const std::string& kind : kinds_) {
    static const JobCounts kNone;
    const auto found = by_kind.find(kind);
    const JobCounts& jobs = found == by_kind.end() ? kNone : *found->second;
    const auto set = [&](std::string_view state, std::int64_t count) {
      metrics_.gauge("memoryverse_jobs", "Jobs of the whole installation.", {{"kind", kind}, {"state", state}})
          .set(static_cast<double>(count));
    };
    set("waiting", jobs.waiting);
    set("running", jobs.running);
    set("dead", jobs.dead);
    const TimeMs age = std::max<TimeMs>(0, now - jobs.oldest_waiting.value_or(now));
    metrics_.gauge("memoryverse_jobs_oldest_wait_seconds", "Since when the oldest waiting job waits.", {{"kind", kind}})
        .set(static_cast<double>(age) / 1000);
  }
  return {};
}

} // namespace mv::figures

#pragma once

// Read-only replicas: which of them may be asked now. Inside this folder only.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/adapters/postgres/pool.hpp"

namespace mv::postgres {

/// Safe from every thread.
class Replicas {
public:
  /// `primary` must outlive them. A replica that is away, or is none any more, is no reason not to start; one that can
  /// never be asked is: another database than the primary's, a wrong password, an address that makes no sense
  /// (`database.replica`).
  [[nodiscard]] static Result<std::unique_ptr<Replicas>> open(Pool& primary, const std::vector<std::string>& urls,
                                                              const ConnectionOptions& connection,
                                                              std::chrono::milliseconds lag,
                                                              const PoolOptions& options);

  /// A connection to one that answers and is not too far behind, by turns. None while this process has just written, or
  /// when there is none: then the primary serves.
  [[nodiscard]] std::optional<Pool::Lease> take();
  /// It failed: it is asked again after a while.
  void leave_out(const Pool::Lease& lease);
  void note_write();

private:
  using Time = std::chrono::steady_clock::time_point;
  struct Replica {
    explicit Replica(std::string name) : label(std::move(name)) {}
    std::string label; // outlives the pool, whose metrics it names
    std::unique_ptr<Pool> pool;
    std::mutex mutex; // guards what follows
    Time look_again{};
    bool good = false;
    std::string trouble; // as it was last told of; "" for none
  };

  Replicas(Pool& primary, std::chrono::milliseconds lag, Metrics* metrics);
  [[nodiscard]] bool good(Replica& replica);
  [[nodiscard]] Result<std::string> find_written() const;
  /// Whether it is near enough to the primary; an error where it cannot serve at all.
  [[nodiscard]] Result<bool> look(const Replica& replica) const;
  void note(Replica& replica, const Result<bool>& found) const;

  Pool& primary_;
  std::chrono::milliseconds lag_;
  std::string origin_; // what the primary keeps: its replicas keep the same
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::atomic<std::uint32_t> turn_ = 0;
  std::atomic<std::chrono::steady_clock::rep> written_until_ = 0; // reads go to the primary until then
  Counter* asked_ = nullptr;
  Counter* left_out_ = nullptr;
};

} // namespace mv::postgres

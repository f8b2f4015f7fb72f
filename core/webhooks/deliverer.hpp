#pragma once

// The job that delivers what waits for one hook, in the order of the events. Where a delivery fails, those after it
// wait until it has succeeded; the queue's back-off says when it is tried again, and is what a circuit breaker would
// be: a hook that fails is left alone, longer each time, and holds no other up. One that has failed for a day is
// disabled, and says why.

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/dependency.hpp"
#include "core/base/keyed.hpp"
#include "core/base/result.hpp"
#include "core/ports/database.hpp"
#include "core/ports/hook_sender.hpp"
#include "core/ports/job_queue.hpp"
#include "core/webhooks/record.hpp"

namespace mv::webhooks {

struct DelivererOptions {
  std::chrono::steady_clock::duration turn = std::chrono::seconds(20); ///< Then other hooks have theirs.
  TimeMs give_up_after = kDay;                                         ///< Of failing all the time.
  std::int64_t least_tries = 15; ///< Of giving up: a server that was off for a day has not tried.
};

/// Safe from every thread.
class Deliverer {
public:
  /// `receivers` counts and has no breaker. `stopping` says that jobs should come to an end. All must outlive the
  /// deliverer.
  Deliverer(Database& db, JobQueue& queue, HookSender& sender, const Sealer& sealer, Dependency& receivers,
            const Clock& clock, std::function<bool()> stopping, const DelivererOptions& options = {});

  /// Handler of `kDeliverJob`. An error means that a delivery failed and is tried again later.
  [[nodiscard]] Result<void> run(const Job& job);

private:
  struct Due {
    HookRecord hook;
    DeliveryRecord delivery;
  };
  struct Turn {
    bool mine = false; ///< False while another job delivers for the hook, or when the hook is gone.
    std::optional<Due> due{};
  };

  [[nodiscard]] Result<Turn> take_next(const Job& job);
  [[nodiscard]] Result<bool> something_waits(const std::string& hook_id);
  [[nodiscard]] HookAnswer send(const Due& due);
  [[nodiscard]] Result<void> note(const Job& job, const Due& due, const HookAnswer& answer);
  [[nodiscard]] Result<void> end_turn(const Job& job, bool another);

  Database& db_;
  JobQueue& queue_;
  HookSender& sender_;
  const Sealer& sealer_;
  Dependency& receivers_;
  const Clock& clock_;
  std::function<bool()> stopping_;
  DelivererOptions options_;
};

/// What `MemoryVerse-Signature` carries: `sha256=` and the HMAC of timestamp, a dot, and the body.
[[nodiscard]] std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body);

/// What a hook's secret is sealed for.
[[nodiscard]] std::string sealing_purpose(std::string_view hook_id);

} // namespace mv::webhooks

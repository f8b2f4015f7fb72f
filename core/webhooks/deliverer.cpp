#include "core/webhooks/deliverer.hpp"

#include "core/base/log.hpp"
#include "core/webhooks/repository.hpp"

namespace mv::webhooks {

namespace {

// Longer than any request takes; renewed with each. As long waits what a worker leaves behind that dies.
constexpr TimeMs kLease = 30 * kSecond;
constexpr int kGone = 410;

CallOutcome outcome_of(const HookAnswer& answer) {
  if (answer.reason.empty()) return CallOutcome::success;
  return answer.status && *answer.status < 500 ? CallOutcome::refused : CallOutcome::failure;
}

} // namespace

std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body) {
  return "sha256=" + hmac_sha256_hex(secret, std::string(timestamp) + '.' + std::string(body));
}

std::string sealing_purpose(std::string_view hook_id) { return "webhook " + std::string(hook_id); }

Deliverer::Deliverer(Database& db, JobQueue& queue, HookSender& sender, const Sealer& sealer, Dependency& receivers,
                     const Clock& clock, std::function<bool()> stopping, const DelivererOptions& options)
    : db_(db),
      queue_(queue),
      sender_(sender),
      sealer_(sealer),
      receivers_(receivers),
      clock_(clock),
      stopping_(std::move(stopping)),
      options_(options) {}

Result<void> Deliverer::run(const Job& job) {
  const auto until = std::chrono::steady_clock::now() + options_.turn;
  for (;;) {
    TRY(const Turn turn, take_next(job));
    if (!turn.mine) return {}; // who delivers looks again before it ends
    if (!turn.due) {
      // What was added while this job still held the hook found it taken, and is ours to see.
      TRY(const bool more, something_waits(job.payload));
      if (!more) return {};
      continue;
    }
    if (stopping_()) {
      TRY_OK(end_turn(job, false));
      return fail(ErrorCode::unavailable, "request.stopping");
    }
    if (std::chrono::steady_clock::now() >= until) return end_turn(job, true);
    TRY_OK(note(job, *turn.due, send(*turn.due)));
  }
}

Result<Deliverer::Turn> Deliverer::take_next(const Job& job) {
  return db_.transaction([&](Transaction& tx) -> Result<Turn> {
    WebhookRepository rows(tx);
    const TimeMs now = clock_.now();
    TRY(const bool mine, rows.lease(job.payload, job.id, now + kLease, now));
    if (!mine) return Turn{};
    TRY(auto delivery, rows.next_delivery(job.payload));
    if (!delivery) {
      TRY_OK(rows.release(job.payload, job.id));
      return Turn{.mine = true};
    }
    TRY(auto hook, rows.find(job.payload));
    return Turn{.mine = true, .due = Due{.hook = *std::move(hook), .delivery = *std::move(delivery)}};
  });
}

Result<bool> Deliverer::something_waits(const std::string& hook_id) {
  return db_.read([&](Transaction& tx) -> Result<bool> {
    TRY(const auto delivery, WebhookRepository(tx).next_delivery(hook_id));
    return delivery.has_value();
  });
}

HookAnswer Deliverer::send(const Due& due) {
  const auto secret = sealer_.open(due.hook.secret, sealing_purpose(due.hook.id));
  if (!secret) return {.reason = "webhook.secret-unreadable", .detail = "the installation's key has changed"};
  auto call = receivers_.begin("post");
  const std::string timestamp = std::to_string(clock_.now() / kSecond);
  HookRequest request{.url = due.hook.url,
                      .headers = {{"MemoryVerse-Event", due.delivery.type},
                                  {"MemoryVerse-Delivery", due.delivery.id},
                                  {"MemoryVerse-Timestamp", timestamp},
                                  {"MemoryVerse-Signature", signature(*secret, timestamp, due.delivery.body)}},
                      .body = due.delivery.body};
  if (!due.delivery.trace.empty()) request.headers.emplace_back("traceparent", due.delivery.trace);
  HookAnswer answer = sender_.post(request);
  if (call) call->end(outcome_of(answer));
  return answer;
}

Result<void> Deliverer::note(const Job& job, const Due& due, const HookAnswer& answer) {
  const std::string& hook_id = due.hook.id;
  const bool delivered = answer.reason.empty();
  const auto go_on = db_.transaction([&](Transaction& tx) -> Result<bool> {
    WebhookRepository rows(tx);
    const TimeMs now = clock_.now();
    const bool last = delivered || due.delivery.once;
    TRY_OK(rows.note_attempt(due.delivery.id, delivered ? "delivered" : last ? "failed" : "pending", answer, now));
    if (delivered) TRY_OK(rows.note_success(hook_id));
    if (last) return true;

    TRY(const FailureCount count, rows.note_failure(hook_id, now));
    TRY_OK(rows.release(hook_id, job.id));
    std::string_view why;
    if (answer.status == kGone) why = "webhook.gone";
    if (count.failures >= options_.least_tries && now - count.since >= options_.give_up_after)
      why = "webhook.failed-too-long";
    if (why.empty()) return false;
    TRY_OK(rows.disable(hook_id, why, now));
    TRY_OK(rows.fail_pending(hook_id, why));
    return true; // to see that nothing waits
  });
  if (!go_on) return std::unexpected(go_on.error());
  if (*go_on) return {};
  return fail(ErrorCode::unavailable, answer.reason,
              answer.status ? "answered " + std::to_string(*answer.status) : answer.detail);
}

Result<void> Deliverer::end_turn(const Job& job, bool another) {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(WebhookRepository(tx).release(job.payload, job.id));
    if (!another) return {};
    return queue_.add(tx, {.kind = std::string(kDeliverJob), .payload = job.payload, .key = job.payload});
  });
}

} // namespace mv::webhooks

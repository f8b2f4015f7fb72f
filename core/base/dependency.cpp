#include "core/base/dependency.hpp"

#include <algorithm>

namespace mv {

namespace {

std::string_view name_of(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::success:
      return "success";
    case CallOutcome::refused:
      return "refused";
    case CallOutcome::failure:
      break;
  }
  return "failure";
}

} // namespace

DependencyCall::DependencyCall(DependencyCall&& other) noexcept
    : dependency_(std::exchange(other.dependency_, nullptr)),
      operation_(other.operation_),
      began_(other.began_),
      span_(std::move(other.span_)) {}

DependencyCall::DependencyCall(Dependency& dependency, std::string_view operation)
    : dependency_(&dependency), operation_(operation), span_(operation, SpanKind::client) {
  if (!span_.recording()) return;
  span_.rename(dependency.name_ + " " + std::string(operation));
  span_.set("peer.service", dependency.name_);
}

void DependencyCall::end(CallOutcome outcome) {
  if (dependency_ == nullptr) return;
  Dependency& dependency = *std::exchange(dependency_, nullptr);
  if (dependency.breaker_) {
    if (outcome == CallOutcome::failure)
      dependency.breaker_->failed();
    else
      dependency.breaker_->succeeded();
  }
  if (outcome == CallOutcome::failure) span_.fail();
  span_.end();
  dependency.count(operation_, name_of(outcome));
  dependency.metrics_
      .histogram("memoryverse_dependency_call_seconds", "Time of one call to a service outside.",
                 {{"dependency", dependency.name_}, {"operation", operation_}})
      .observe(std::chrono::steady_clock::now() - began_);
}

Dependency::Dependency(std::string name, Metrics& metrics, const CircuitBreakerOptions& options,
                       CircuitBreaker::Now now)
    : name_(std::move(name)), metrics_(metrics), breaker_(std::in_place, options, std::move(now)) {
  Gauge& state = metrics_.gauge("memoryverse_dependency_breaker_state",
                                "Whether calls go out: 0 all do, 1 one at a time as a trial, 2 none does.",
                                {{"dependency", name_}});
  metrics_.before_render([this, &state] { state.set(static_cast<double>(breaker_->state())); });
}

Result<DependencyCall> Dependency::begin(std::string_view operation) {
  if (breaker_ && !breaker_->allow()) {
    count(operation, "rejected");
    const auto wait = std::chrono::ceil<std::chrono::seconds>(breaker_->wait());
    return std::unexpected(Error{.code = ErrorCode::unavailable,
                                 .key = "dependency.resting",
                                 .cause = name_ + " failed again and again; no call goes out for now",
                                 .retry_after_s = std::max(1, static_cast<int>(wait.count()))});
  }
  return DependencyCall(*this, operation);
}

void Dependency::count(std::string_view operation, std::string_view outcome) {
  metrics_
      .counter("memoryverse_dependency_calls_total",
               "Calls to a service outside, by how they ended; rejected ones did not go out.",
               {{"dependency", name_}, {"operation", operation}, {"outcome", outcome}})
      .add();
}

} // namespace mv

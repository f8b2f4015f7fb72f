#include "backend/http/readiness.hpp"

#include <algorithm>
#include <format>

#include "backend/http/json_text.hpp"
#include "core/base/log.hpp"

namespace mv::http {

Readiness::Answer Readiness::ask() {
  std::string checks;
  bool ready = true;
  for (const HealthCheck& check : checks_) {
    const Result<void> result = check.check();
    std::string_view state = "ok";
    const std::string_view key = result ? "" : std::string_view(result.error().key);
    if (!result && check.required == std::ranges::contains(check.except, key)) {
      state = check.required ? key.substr(key.find('.') + 1) : "degraded";
    } else if (!result) {
      state = "failed";
      ready = false;
    }
    tell_change(check, state, result);
    if (!checks.empty()) checks += ',';
    checks += json_string(check.name) + ':' + json_string(state);
  }
  const std::string_view status = ending_ ? "stopping" : ready ? "ready" : "not ready";
  return {.status = ready && !ending_ ? 200 : 503,
          .json = std::format(R"({{"status":"{}","checks":{{{}}}}})", status, checks)};
}

void Readiness::tell_change(const HealthCheck& check, std::string_view state, const Result<void>& result) {
  const std::scoped_lock lock(mutex_);
  std::string& told = told_.try_emplace(check.name, "ok").first->second;
  if (told == state) return;
  told = state;
  if (result)
    log_info("a part is well again", {{"check", check.name}});
  else
    log_warning(state == "failed" ? "not ready" : "ready but for a part",
                {{"check", check.name}, {"state", state}, {"error", result.error()}});
}

} // namespace mv::http

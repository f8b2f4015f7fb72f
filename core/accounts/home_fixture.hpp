#pragma once

// For tests: a new home on SQLite in a temporary folder, its clock standing still, with people and families.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/accounts/service.hpp"
#include "core/accounts/settings.hpp"
#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/adapters/inprocess/inprocess_rate_limiter.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/events/outbox.hpp"
#include "core/spaces/invitations.hpp"
#include "core/spaces/service.hpp"

namespace mv::test {

inline constexpr TimeMs kNow = 1'790'000'000'000;
inline constexpr std::string_view kPassword = "correct horse battery";

/// Every limit of rate out of the way.
[[nodiscard]] accounts::AccountLimits no_limits();

/// The value, or the end of the test.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("refused: " + result.error().key + " " + result.error().cause);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// Key of a refusal, or "" where there was none.
template <typename T>
std::string refusal(const Result<T>& result) {
  return result ? "" : result.error().key;
}

class HomeTest : public ::testing::Test {
protected:
  explicit HomeTest(const accounts::AccountLimits& limits = no_limits());
  ~HomeTest() override;

  /// Registers by open registration; the first one owns the installation.
  SignedIn person(const std::string& name);
  [[nodiscard]] accounts::Identity identity(const SignedIn& signed_in);
  /// A family of `owner`, with `member` in it as `role`.
  Space family(const SignedIn& owner, const SignedIn& member, Role role);
  void join(const SignedIn& owner, const std::string& space_id, const SignedIn& member, Role role);
  std::vector<events::Event> events_of(std::string_view type);

  std::filesystem::path folder_;
  FixedClock clock_{kNow};
  inprocess::InprocessEventBus bus_;
  std::unique_ptr<sqlite::SqliteDatabase> engine_;
  std::unique_ptr<events::NotifyingDatabase> db_;
  inprocess::InprocessRateLimiter limiter_{clock_};
  std::unique_ptr<accounts::PasswordHasher> passwords_;
  std::unique_ptr<accounts::Sessions> sessions_;
  std::unique_ptr<accounts::AccountService> accounts_;
  std::unique_ptr<accounts::SettingsService> settings_;
  std::unique_ptr<spaces::SpaceService> spaces_;
  std::unique_ptr<spaces::InvitationService> invitations_;
  accounts::Device device_{.user_agent = "Test/1.0", .address = "192.0.2.1"};
};

} // namespace mv::test

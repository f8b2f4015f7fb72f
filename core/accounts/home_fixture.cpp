#include "core/accounts/home_fixture.hpp"

#include <cstdlib>
#include <stdexcept>

#include "core/base/log.hpp"
#include "core/migrations/runner.hpp"
#include "core/spaces/access.hpp"

namespace mv::test {
accounts::AccountLimits no_limits() {
  constexpr RateLimit kMany{.permits = 1'000'000, .window = kMinute};
  return {.login_account = kMany,
          .login_address = kMany,
          .register_account = kMany,
          .register_address = kMany,
          .refresh_address = kMany,
          .password_account = kMany};
}

HomeTest::HomeTest(const accounts::AccountLimits& limits) {
  set_up_log({.level = LogLevel::warning});
  std::string name = (std::filesystem::temp_directory_path() / "memoryverse-home-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = name;
  engine_ = must(sqlite::SqliteDatabase::open(folder_ / "home.db"));
  must(migrations::Runner(*engine_, clock_).migrate());
  db_ = std::make_unique<events::NotifyingDatabase>(*engine_, bus_);
  // The least that argon2id can do: these tests are about rules.
  passwords_ = must(accounts::PasswordHasher::open({.passes = 1, .memory_bytes = 8192, .at_once = 2}));
  sessions_ = std::make_unique<accounts::Sessions>(*db_, clock_, accounts::SessionTimes{});
  accounts_ = std::make_unique<accounts::AccountService>(*db_, limiter_, *passwords_, *sessions_, clock_, limits);
  settings_ = std::make_unique<accounts::SettingsService>(*db_, "0.0-test");
  spaces_ = std::make_unique<spaces::SpaceService>(*db_, clock_);
  invitations_ = std::make_unique<spaces::InvitationService>(*db_, clock_);
}

HomeTest::~HomeTest() {
  db_.reset();
  engine_.reset();
  std::filesystem::remove_all(folder_);
}

SignedIn HomeTest::person(const std::string& name) {
  must(settings_->change({.open_registration = true}));
  return must(accounts_->register_account({.email = name + "@example.org",
                                           .password = std::string(kPassword),
                                           .name = name,
                                           .invitation = {},
                                           .locale = {}},
                                          device_, "en"));
}

accounts::Identity HomeTest::identity(const SignedIn& signed_in) {
  return must(sessions_->authenticate(signed_in.access_token));
}

void HomeTest::join(const SignedIn& owner, const std::string& space_id, const SignedIn& member, Role role) {
  const Invitation link = must(invitations_->create(
      {.user_id = owner.user.id}, {.space_id = space_id, .role = std::string(spaces::role_name(role)), .note = {}}));
  must(invitations_->accept(member.user.id, *link.token));
}

Space HomeTest::family(const SignedIn& owner, const SignedIn& member, Role role) {
  Space space = must(spaces_->create(owner.user.id, {.title = "The family"}));
  join(owner, space.id, member, role);
  return space;
}

std::vector<events::Event> HomeTest::events_of(std::string_view type) {
  auto all = must(db_->read([](Transaction& tx) { return events::Outbox(tx).read_after(0, 10'000); }));
  std::erase_if(all, [&](const events::Event& event) { return event.type != type; });
  return all;
}

} // namespace mv::test

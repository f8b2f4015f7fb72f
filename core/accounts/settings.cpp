#include "core/accounts/settings.hpp"

#include "core/accounts/repository.hpp"
#include "core/accounts/sql.hpp"

namespace mv::accounts {
namespace {

constexpr std::string_view kOpenRegistration = "open_registration";

} // namespace

Result<bool> is_registration_open(Transaction& tx) {
  TRY(const Rows rows, tx.run(sql::find_setting, kOpenRegistration));
  return !rows.empty() && rows.front().text(0) == "true";
}

Result<ServerStatus> SettingsService::status() {
  return db_.read([&](Transaction& tx) -> Result<ServerStatus> {
    TRY(const bool initialised, UserRepository(tx).any());
    TRY(const bool open, is_registration_open(tx));
    return ServerStatus{
        .initialised = initialised, .registration = open || !initialised ? "open" : "invitation", .version = version_};
  });
}

Result<Settings> SettingsService::get() {
  return db_.read([&](Transaction& tx) -> Result<Settings> {
    TRY(const bool open, is_registration_open(tx));
    return Settings{.open_registration = open};
  });
}

Result<Settings> SettingsService::change(const SettingsPatch& patch) {
  if (patch.open_registration) {
    TRY_OK(db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(sql::save_setting, kOpenRegistration, *patch.open_registration ? "true" : "false"));
      return {};
    }));
  }
  return get();
}

} // namespace mv::accounts

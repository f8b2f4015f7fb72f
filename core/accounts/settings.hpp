#pragma once

// Settings of the installation, which its owner may change, and what anybody may know before signing in.

#include <string>

#include "core/base/result.hpp"
#include "core/contracts/accounts.hpp"
#include "core/ports/database.hpp"

namespace mv::accounts {

/// Safe from every thread.
class SettingsService {
public:
  /// `version` is the program's. `db` must outlive the service.
  SettingsService(Database& db, std::string version) : db_(db), version_(std::move(version)) {}

  [[nodiscard]] Result<ServerStatus> status();
  /// The router lets nobody but the owner in.
  [[nodiscard]] Result<Settings> get();
  [[nodiscard]] Result<Settings> change(const SettingsPatch& patch);

private:
  Database& db_;
  std::string version_;
};

/// Whether anybody may register without an invitation; off until the owner says otherwise.
[[nodiscard]] Result<bool> is_registration_open(Transaction& tx);

} // namespace mv::accounts

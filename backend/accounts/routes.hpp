#pragma once

#include "backend/http/router.hpp"
#include "core/accounts/service.hpp"
#include "core/accounts/sessions.hpp"
#include "core/accounts/settings.hpp"

namespace mv {

/// The services must outlive the router.
void add_account_routes(http::Router& router, accounts::AccountService& accounts, accounts::Sessions& sessions);
void add_settings_routes(http::Router& router, accounts::SettingsService& settings);

/// For `Router::set_authenticator`: a bearer token, else the access cookie.
[[nodiscard]] http::Authenticator make_authenticator(accounts::Sessions& sessions);

} // namespace mv

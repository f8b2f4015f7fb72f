#pragma once

// The cookies that keep a browser signed in. No script can read them; the router asks for a same Origin on every
// unsafe method that they speak for.

#include "backend/http/context.hpp"
#include "core/accounts/sessions.hpp"
#include "core/contracts/accounts.hpp"

namespace mv {

inline constexpr std::string_view kAccessCookie = "mv_access";
inline constexpr std::string_view kRefreshCookie = "mv_refresh"; ///< Sent to /api/v1/auth only.

/// Sets both cookies, and empties the tokens in the body where the web client asked not to see them.
[[nodiscard]] SignedIn hand_over(http::Context& context, SignedIn signed_in, const accounts::SessionTimes& times);

/// Makes the browser forget both.
void clear_cookies(http::Context& context);

} // namespace mv

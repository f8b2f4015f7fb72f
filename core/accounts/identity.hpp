#pragma once

#include <string>

namespace mv::accounts {

/// Who a request speaks for, from its access token.
struct Identity {
  std::string user_id;
  std::string session_id;
  bool is_owner = false; ///< Owns the installation.
  std::string locale;    ///< `ru` or `en`.
};

/// The device that signs in, as it says of itself.
struct Device {
  std::string user_agent; ///< Kept up to 300 characters.
  std::string address;    ///< Of the client, for the list of sessions and the limits of rate.
};

} // namespace mv::accounts

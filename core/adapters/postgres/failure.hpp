#pragma once

// What a failure of PostgreSQL means to us, by its SQLSTATE. Inside this folder only.

#include <exception>
#include <string_view>

#include "core/adapters/postgres/address.hpp"
#include "core/base/result.hpp"

namespace mv::postgres {

/// What the holder of the connection does about it.
enum class Remedy {
  none,    ///< Tell.
  once,    ///< The whole transaction once more: a constraint broke, perhaps on a row that its snapshot does not show.
  again,   ///< The whole transaction once more: others were in the way.
  replace, ///< Another connection: this one is gone.
};

struct Failure {
  Error error;
  Remedy remedy = Remedy::none;
};

/// `what` names the query or the step. The cause carries no password.
[[nodiscard]] Failure explain(const std::exception& thrown, std::string_view what, const Address& address);

struct Advice {
  std::string_view what; ///< To do, in words for whoever runs the server.
  bool mistake;          ///< Waiting does not help.
};

/// About an address that gives no connection, by what was said then. Connects once more where that says nothing to us.
[[nodiscard]] Advice advise(std::string_view cause, const Address& address);

} // namespace mv::postgres
